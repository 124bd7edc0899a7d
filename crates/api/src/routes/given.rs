//! What a request gives: bodies, ids in paths, questions to lists.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use gatehouse_domain::field::FieldError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::refusal::Refusal;
use crate::problem::Problem;

/// The most rows in one answer.
const MOST_ROWS: u32 = 500;
/// Rows in one answer when the question names no number.
const USUAL_ROWS: u32 = 100;
/// The longest text that is searched for, in characters.
const LONGEST_TEXT: usize = 200;

/// A JSON body.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(unread(&rejection).into()),
        }
    }
}

fn unread(rejection: &JsonRejection) -> Problem {
    let code = match rejection {
        JsonRejection::MissingJsonContentType(_) => "body_not_json",
        JsonRejection::BytesRejection(_) => "body_too_large",
        _ => "body_invalid",
    };
    Problem::new(code, rejection.body_text())
}

/// An id in the path.
pub(super) struct Id<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let read: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, state).await;
        match read {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => {
                Err(Problem::new("id_unknown", "nothing here has an id such as this one").into())
            }
        }
    }
}

/// What stands behind the question mark.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let read: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, state).await;
        match read {
            Ok(Query(query)) => Ok(Self(query)),
            Err(rejection) => Err(Problem::new("query_invalid", rejection.body_text()).into()),
        }
    }
}

/// What a list is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Text to search for, 200 characters at most.
    pub(super) q: Option<String>,
    /// The `next` of the page before.
    pub(super) after: Option<String>,
    /// Rows at most, 1 to 500; 100 when absent.
    pub(super) limit: Option<u32>,
}

impl ListQuery {
    pub(super) fn limit(&self) -> Result<u32, Problem> {
        limit(self.limit)
    }

    pub(super) fn text(&self) -> Result<&str, Problem> {
        text(self.q.as_deref())
    }

    pub(super) fn after<T: std::str::FromStr>(&self) -> Result<Option<T>, Problem> {
        self.after
            .as_deref()
            .map(|cursor| cursor.parse().map_err(|_| wrong_cursor()))
            .transpose()
    }
}

pub(super) fn wrong_cursor() -> Problem {
    wrong_query(
        "after",
        "cursor_unknown",
        "give the `next` of the page before, unchanged".to_owned(),
    )
}

pub(super) fn limit(given: Option<u32>) -> Result<u32, Problem> {
    match given.unwrap_or(USUAL_ROWS) {
        limit @ 1..=MOST_ROWS => Ok(limit),
        _ => Err(wrong_query(
            "limit",
            "limit_out_of_range",
            format!("ask for 1 to {MOST_ROWS} rows at a time"),
        )),
    }
}

pub(super) fn text(given: Option<&str>) -> Result<&str, Problem> {
    let text = given.unwrap_or("").trim();
    if text.chars().count() > LONGEST_TEXT {
        return Err(wrong_query(
            "q",
            "text_too_long",
            format!("search for {LONGEST_TEXT} characters at most"),
        ));
    }
    Ok(text)
}

pub(super) fn wrong_query(field: &str, code: &'static str, message: String) -> Problem {
    Problem {
        code: "query_invalid",
        detail: format!("{field}: {message}"),
        errors: vec![FieldError::new(field, code, message)],
    }
}

/// A whole list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Items<T> {
    pub(super) items: Vec<T>,
}

/// Some rows of a list, and where the next page begins.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    /// The `after` of the next page; null on the last.
    pub(super) next: Option<String>,
    /// How many rows match in all, where that is known.
    pub(super) total: Option<u64>,
}

impl<T> Page<T> {
    /// The first `limit` of `rows`; one row more tells that there is a next page.
    pub(super) fn cut<R>(mut rows: Vec<R>, limit: u32, cursor: impl Fn(&R) -> String) -> Self
    where
        T: From<R>,
    {
        let limit = limit as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        Self {
            next: rows.last().filter(|_| more).map(cursor),
            items: rows.into_iter().map(T::from).collect(),
            total: None,
        }
    }
}
