//! The one cookie that the shell keeps for its pages: the right to refresh a session.
//!
//! A page never sees it, as in a browser, where it is `HttpOnly`. It lives in memory, so that
//! whoever quits the application is signed out.

use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderValue, header};

/// Where the cookie is sent, and nowhere else.
const PLACE: &str = "/api/auth/";

/// Holds one cookie, or none.
#[derive(Debug, Default)]
pub(crate) struct Jar(Mutex<Option<HeaderValue>>);

impl Jar {
    /// Whether requests to `path` carry the cookie.
    pub(crate) fn is_for(path: &str) -> bool {
        path.starts_with(PLACE)
    }

    /// The `Cookie` header for a request to `path`.
    pub(crate) fn cookie_for(&self, path: &str) -> Option<HeaderValue> {
        if !Self::is_for(path) {
            return None;
        }
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Takes the cookies out of an answer and keeps the newest of them.
    pub(crate) fn take(&self, headers: &mut HeaderMap) {
        let Some(newest) = headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|cookie| Kept::read(cookie.to_str().ok()?))
            .next_back()
        else {
            headers.remove(header::SET_COOKIE);
            return;
        };
        headers.remove(header::SET_COOKIE);
        let value = match newest {
            Kept::Gone => None,
            Kept::Pair(pair) => HeaderValue::from_str(&pair).ok().map(|mut value| {
                value.set_sensitive(true);
                value
            }),
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = value;
    }
}

/// What a `Set-Cookie` header asks for.
enum Kept {
    /// Keep `name=value`.
    Pair(String),
    /// Forget what was kept.
    Gone,
}

impl Kept {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let pair = parts.next()?;
        let (name, value) = pair.split_once('=')?;
        if name.trim().is_empty() {
            return None;
        }
        let over = parts.any(|part| {
            part.split_once('=').is_some_and(|(name, value)| {
                name.trim().eq_ignore_ascii_case("max-age")
                    && value.trim().parse::<i64>().is_ok_and(|left| left <= 0)
            })
        });
        Some(if over || value.is_empty() {
            Self::Gone
        } else {
            Self::Pair(pair.to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(cookies: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(header::SET_COOKIE, HeaderValue::from_static(cookie));
        }
        headers
    }

    #[test]
    fn keeps_the_cookie_away_from_the_page_and_sends_it_back_where_it_belongs() {
        let jar = Jar::default();
        assert_eq!(jar.cookie_for("/api/auth/refresh"), None);

        let mut headers = answer(&["refresh=abc; Path=/api/auth; HttpOnly; SameSite=Strict"]);
        jar.take(&mut headers);
        assert!(headers.is_empty());
        let sent = jar.cookie_for("/api/auth/refresh").expect("kept");
        assert_eq!(sent, "refresh=abc");
        assert!(sent.is_sensitive());
        assert_eq!(jar.cookie_for("/api/events"), None);
        assert_eq!(jar.cookie_for("/api/authors"), None);
    }

    #[test]
    fn an_answer_without_a_cookie_changes_nothing() {
        let jar = Jar::default();
        jar.take(&mut answer(&["refresh=abc"]));
        jar.take(&mut answer(&[]));
        jar.take(&mut answer(&["nothing that is a cookie"]));
        assert!(jar.cookie_for("/api/auth/me").is_some());
    }

    #[test]
    fn signing_out_empties_the_jar() {
        for over in [
            "refresh=; Path=/",
            "refresh=x; max-age=0",
            "refresh=x; Max-Age=-1",
        ] {
            let jar = Jar::default();
            jar.take(&mut answer(&["refresh=abc"]));
            jar.take(&mut answer(&[over]));
            assert_eq!(jar.cookie_for("/api/auth/me"), None, "{over}");
        }
    }
}
