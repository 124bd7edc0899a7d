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
