//! Mail as others see it: letters read by Python, servers that fail, reports in the forms that
//! servers write.

mod bounces;
mod gateways;
mod letters;
mod outside;
mod real;
mod sending;
mod templates;
mod tokens;

#[path = "../../../testkit/src/real_mail.rs"]
#[allow(dead_code, missing_docs, unreachable_pub)]
mod real_mail;
#[path = "../../../testkit/src/smtp/mod.rs"]
#[allow(dead_code, missing_docs, unreachable_pub)]
mod smtp;
