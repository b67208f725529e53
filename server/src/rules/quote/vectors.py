"""Quotes computed by Python's decimal: one line per quote, for the test beside this file.

    python3 server/src/rules/quote/vectors.py > server/src/rules/quote/vectors.csv
"""

import datetime
import random
from decimal import ROUND_HALF_UP, Decimal, getcontext

getcontext().prec = 60
CENT = Decimal("0.01")


def thirty_360(a: datetime.date, b: datetime.date) -> int:
    first = min(a.day, 30)
    last = min(b.day, 30) if first == 30 else b.day
    return (b.year - a.year) * 360 + (b.month - a.month) * 30 + last - first


def main() -> None:
    draw = random.Random(6103)

    def money(top: int) -> Decimal:
        return Decimal(draw.randrange(draw.choice([100, 10_000, top]))) / 100

    print("principal,rate,from,to,day_count,interest,fees,late_charges,prepayment_premium,credits,total")
    for _ in range(1000):
        principal = money(500_000_000_00)
        rate = Decimal(draw.randrange(0, 30_000)) / draw.choice([100, 1000])
        start = datetime.date(2000, 1, 1) + datetime.timedelta(days=draw.randrange(20_000))
        end = start + datetime.timedelta(days=draw.randrange(draw.choice([2, 40, 4000])))
        day_count = draw.choice(["actual/365", "actual/360", "30/360"])
        days = thirty_360(start, end) if day_count == "30/360" else (end - start).days
        year = 365 if day_count == "actual/365" else 360
        interest = (principal * rate / 100 * days / year).quantize(CENT, ROUND_HALF_UP)
        fees, late, premium = money(1_000_000), money(1_000_000), money(10_000_000)
        charges = principal + interest + fees + late + premium
        credits = min(money(1_000_000), charges)
        total = charges - credits
        amounts = [f"{a:.2f}" for a in (interest, fees, late, premium, credits, total)]
        print(",".join([f"{principal:.2f}", str(rate), str(start), str(end), day_count, *amounts]))


if __name__ == "__main__":
    main()
