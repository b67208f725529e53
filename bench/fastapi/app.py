"""The stack that was planned first: FastAPI, SQLAlchemy, pyjwt and slowapi, over the database that `lending-api migrate` made."""

import os

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException, Request
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
    connection.execute("PRAGMA busy_timeout=5000")


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
