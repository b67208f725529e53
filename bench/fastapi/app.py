"""The stack that was planned first: FastAPI, SQLAlchemy, pyjwt and slowapi, over the database that `lending-api migrate` made."""

import hashlib
import json
import os
import uuid
from datetime import datetime, timezone

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel
from slowapi import Limiter
from slowapi.util import get_remote_address
from sqlalchemy import String, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

KEY = os.environ["KEY"]
engine = create_engine(f"sqlite:///{os.environ['DATABASE']}", connect_args={"check_same_thread": False}, pool_size=16)


@event.listens_for(engine, "connect")
def pragmas(connection, _):
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA busy_timeout=30000")


SessionLocal = sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Naics(Base):
    __tablename__ = "naics_code"
    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    level: Mapped[int] = mapped_column("level_")
    title: Mapped[str]
    parent_code: Mapped[str | None]


class NaicsOut(BaseModel):
    code: str
    level: int
    title: str
    parent_code: str | None


class Page(BaseModel):
    items: list[NaicsOut]
    next_page: str | None


app = FastAPI()
limiter = Limiter(key_func=get_remote_address, default_limits=["1000000/second"])
app.state.limiter = limiter


def session():
    with SessionLocal() as s:
        yield s


def caller(authorization: str = Header()):
    try:
        token = authorization.removeprefix("Bearer ")
        return jwt.decode(token, KEY, algorithms=["HS256"], audience="lending-api")
    except jwt.PyJWTError as e:
        raise HTTPException(401, str(e)) from e


@app.get("/healthz")
def health():
    return {"status": "ok"}


@app.get("/api/v1/naics-code", response_model=Page)
@limiter.limit("1000000/second")
def many(
    request: Request,
    level: int | None = None,
    limit: int = 50,
    page_token: str | None = None,
    s: Session = Depends(session),
    who=Depends(caller),
):
    query = select(Naics).order_by(Naics.code).limit(limit + 1)
    if level:
        query = query.where(Naics.level == level)
    if page_token:
        query = query.where(Naics.code > page_token)
    rows = s.scalars(query).all()
    more = len(rows) > limit
    return {"items": [r.__dict__ for r in rows[:limit]], "next_page": rows[limit - 1].code if more else None}


@app.get("/api/v1/naics-code/{code}", response_model=NaicsOut)
@limiter.limit("1000000/second")
def one(request: Request, code: str, s: Session = Depends(session), who=Depends(caller)):
    row = s.get(Naics, code)
    if not row:
        raise HTTPException(404)
    return row.__dict__


class Membership(Base):
    __tablename__ = "user_account_memberships_location_id"
    value: Mapped[str] = mapped_column(primary_key=True)
    row_key: Mapped[str] = mapped_column(primary_key=True)


class Payoff(Base):
    __tablename__ = "payoff"
    id: Mapped[str] = mapped_column(primary_key=True)
    loan_number: Mapped[str]
    program: Mapped[str]
    location_id: Mapped[str]
    payoff_date: Mapped[str]
    status: Mapped[str]
    reason: Mapped[str]
    payment_method: Mapped[str]
    requester_name: Mapped[str]
    requester_email: Mapped[str]
    requester_phone: Mapped[str]
    requester_role: Mapped[str]
    requested_by: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[str]
    updated_at: Mapped[str]


class AuditRecord(Base):
    __tablename__ = "audit_record"
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str]
    kind: Mapped[str]
    recorded_at: Mapped[str]
    service: Mapped[str]
    user_id: Mapped[str]
    operation: Mapped[str]
    table_name: Mapped[str]
    row_id: Mapped[str]
    version_after: Mapped[int]
    diff: Mapped[str]
    spec: Mapped[str]
    build: Mapped[str]


class Kept(Base):
    __tablename__ = "idempotency"
    id: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[str]
    fingerprint: Mapped[str]
    status: Mapped[int]
    body: Mapped[str]


class Requester(BaseModel):
    name: str
    email: str
    phone: str
    role: str


class NewPayoff(BaseModel):
    loan_number: str
    program: str
    location_id: str
    payoff_date: str
    reason: str
    payment_method: str
    requester: Requester


@app.post("/api/v1/payoff", status_code=201)
@limiter.limit("1000000/second")
def create(
    request: Request,
    new: NewPayoff,
    idempotency_key: str = Header(),
    s: Session = Depends(session),
    who=Depends(caller),
):
    s.connection().exec_driver_sql("BEGIN IMMEDIATE")
    key = f"bench\n{who['sub']}\n{idempotency_key}"
    if kept := s.get(Kept, key):
        return Response(kept.body, status_code=kept.status, media_type="application/json")
    if not s.get(Membership, (new.location_id, who["sub"])):
        raise HTTPException(403)
    now = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
    posted = new.model_dump()
    row = {
        "id": str(uuid.uuid4()),
        **{name: value for name, value in posted.items() if name != "requester"},
        "status": "requested",
        "requested_by": who["sub"],
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    body = json.dumps({**row, "requester": posted["requester"]})
    s.add(Payoff(**row, **{f"requester_{name}": value for name, value in posted["requester"].items()}))
    s.add(
        AuditRecord(
            id=str(uuid.uuid4()),
            kind="change",
            recorded_at=now,
            service="bench",
            user_id=who["sub"],
            operation="create_payoff",
            table_name="payoff",
            row_id=row["id"],
            version_after=1,
            diff=json.dumps({"": [None, row]}),
            spec="",
            build="peer",
        )
    )
    fingerprint = hashlib.sha256(new.model_dump_json().encode()).hexdigest()
    s.add(Kept(id=key, created_at=now, fingerprint=fingerprint, status=201, body=body))
    s.commit()
    return Response(body, status_code=201, media_type="application/json")
