//! The lending API: handlers, policies and storage under the server that `openapi/lending.yaml` generates.

pub mod access;
pub mod access_log;
pub mod app;
pub mod audit;
pub mod auth;
pub mod background;
pub mod clock;
pub mod config;
pub mod data;
pub mod error;
pub mod front;
mod handlers;
pub mod limits;
pub mod redis;
pub mod relay;
pub mod reload;
pub mod rules;
pub mod serve;
pub mod store;
