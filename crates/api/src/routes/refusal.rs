//! Problems as HTTP answers (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gatehouse_domain::field::FieldError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;

/// A problem on its way out, as `application/problem+json`.
#[derive(Debug)]
pub struct Refusal(Problem);

/// What went wrong: a stable code, words for the person, and single fields.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemBody<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    /// The stable code, such as `event_unknown`.
    code: &'static str,
    /// What happened, what was kept, and what to do.
    detail: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

/// The status that goes with a problem's code: 400 for what was given, 401 and 403 for who asks,
/// 404 for what is not there, 409 for what stands in the way, 500 for what is wrong here.
fn status(code: &str) -> StatusCode {
    match code {
        "signed_out" | "password_wrong" => StatusCode::UNAUTHORIZED,
        "not_allowed" | "host_not_allowed" | "origin_not_allowed" | "setup_needs_desk"
        | "pin_wrong" | "device_not_allowed" | "scanner_revoked" | "scanner_replaced" => {
            StatusCode::FORBIDDEN
        }
        "account_locked" | "pin_locked" => StatusCode::TOO_MANY_REQUESTS,
        "event_unknown"
        | "session_unknown"
        | "ticket_unknown"
        | "invitation_unknown"
        | "guest_unknown"
        | "member_unknown"
        | "batch_unknown"
        | "delivery_unknown"
        | "mailing_unknown"
        | "notice_unknown"
        | "account_unknown"
        | "edit_unknown"
        | "key_unknown"
        | "zone_unknown"
        | "ticket_type_unknown"
        | "template_unknown"
        | "photo_unknown"
        | "logo_unknown"
        | "backup_unknown"
        | "task_unknown"
        | "import_unknown"
        | "route_unknown"
        | "page_unknown"
        | "scan_unknown"
        | "device_unknown"
        | "alert_unknown"
        | "cameras_none"
        | "serials_none"
        | "port_unknown"
        | "camera_unknown"
        | "control_unknown"
        | "id_unknown"
        | "gate_unknown"
        | "credential_missing" => StatusCode::NOT_FOUND,
        "method_not_allowed" => StatusCode::METHOD_NOT_ALLOWED,
        "body_too_large" | "body_not_wanted" | "file_too_large" | "workbook_too_large"
        | "photo_too_large" | "logo_too_large" | "font_too_large" => StatusCode::PAYLOAD_TOO_LARGE,
        "body_not_json" => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "address_too_long" => StatusCode::URI_TOO_LONG,
        "edited_meanwhile" => StatusCode::PRECONDITION_FAILED,
        "query_invalid"
        | "fields_invalid"
        | "body_invalid"
        | "rows_invalid"
        | "rows_missing"
        | "column_unknown"
        | "column_mapped_twice"
        | "field_mapped_twice"
        | "name_column_missing"
        | "header_line_unknown"
        | "file_empty"
        | "file_blank"
        | "file_not_a_table"
        | "not_a_file"
        | "too_many_rows"
        | "too_many_columns"
        | "cell_too_long"
        | "workbook_protected"
        | "workbook_damaged"
        | "sheet_unknown"
        | "encoding_unknown"
        | "delimiter_invalid"
        | "photo_unreadable"
        | "logo_unreadable"
        | "font_unusable"
        | "passphrase_wrong"
        | "backup_damaged"
        | "backup_not_whole"
        | "backup_locked"
        | "kit_missing"
        | "name_not_local"
        | "kit_other_workspace"
        | "kit_newer"
        | "kit_damaged"
        | "kit_unreadable"
        | "recovery_code_wrong"
        | "recovery_code_mistyped"
        | "file_newer"
        | "file_other_kind"
        | "pattern_unknown"
        | "reason_missing"
        | "record_refused"
        | "token_invalid"
        | "token_expired"
        | "event_required"
        | "enrolment_unreadable"
        | "home_unknown"
        | "code_missing"
        | "code_too_long"
        | "template_too_large"
        | "template_syntax"
        | "template_statement"
        | "template_operator"
        | "template_filter"
        | "template_nested"
        | "template_endless"
        | "template_render"
        | "mjml_syntax"
        | "message_too_large"
        | "address_unreadable"
        | "idempotency_key_invalid" => StatusCode::BAD_REQUEST,
        "event_ambiguous"
        | "event_cancelled"
        | "event_busy"
        | "event_not_recurring"
        | "event_not_over"
        | "event_not_unlisted"
        | "event_not_ready"
        | "event_has_tickets"
        | "session_cancelled"
        | "session_missing"
        | "one_session_only"
        | "kind_mismatch"
        | "ticket_used"
        | "ticket_voided"
        | "ticket_transferred"
        | "ticket_not_good"
        | "ticket_not_held"
        | "ticket_not_void"
        | "event_started"
        | "event_handed_over"
        | "event_not_handed_over"
        | "event_ids_taken"
        | "account_needed"
        | "network_unavailable"
        | "port_taken"
        | "ticket_changed"
        | "ticket_type_in_use"
        | "ticket_type_last"
        | "ticket_types_missing"
        | "type_not_in_session"
        | "capacity_exceeded"
        | "batch_step_refused"
        | "batch_cancelled"
        | "plan_stale"
        | "key_active"
        | "key_missing"
        | "last_super_admin"
        | "home_superseded"
        | "photos_too_many"
        | "photos_missing"
        | "edit_not_undoable"
        | "edit_already_undone"
        | "edit_before_migration"
        | "later_edit_in_the_way"
        | "edit_depended_on"
        | "constraint"
        | "workspace_exists"
        | "guest_invited"
        | "invitation_full"
        | "request_in_flight"
        | "idempotency_key_reused"
        | "guest_address_missing"
        | "nothing_to_print"
        | "meeting_not_for_this_ticket"
        | "stopped"
        | "tickets_missing"
        | "nonce_reused"
        | "undo_too_late"
        | "nothing_to_undo"
        | "already_undone"
        | "nothing_to_force"
        | "session_not_over"
        | "pin_missing"
        | "walk_ins_off"
        | "questions_open"
        | "zone_full"
        | "reserve_empty"
        | "office_itself"
        | "gates_busy"
        | "mesh_off"
        | "badges_off"
        | "badge_not_wanted"
        | "badge_not_admitted"
        | "token_used"
        | "office_needed"
        | "list_dropped"
        | "scans_waiting"
        | "gate_exists"
        | "camera_not_watched"
        | "mail_not_set_up"
        | "mail_secrets_shut"
        | "sender_missing"
        | "address_missing"
        | "guest_unnamed"
        | "delivery_waits"
        | "delivery_settled"
        | "mailing_step_refused"
        | "notice_told"
        | "wording_unfit"
        | "signing_key_unusable"
        | "sender_refused"
        | "trial_not_sent"
        | "device_elsewhere" => StatusCode::CONFLICT,
        "too_many_uploads" | "file_busy" | "memory_short" | "home_away" => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        // What another machine says that the office speaks with.
        code if ["server_", "oauth_", "gateway_", "inbox_"]
            .iter()
            .any(|of| code.starts_with(of)) =>
        {
            StatusCode::BAD_GATEWAY
        }
        "disk_full" => StatusCode::INSUFFICIENT_STORAGE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = status(self.0.code);
        if status.is_server_error() {
            tracing::error!(
                code = self.0.code,
                detail = self.0.detail,
                "a request failed"
            );
        }
        let mut response = axum::Json(ProblemBody {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or("Problem"),
            status: status.as_u16(),
            code: self.0.code,
            detail: &self.0.detail,
            errors: &self.0.errors,
        })
        .into_response();
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
