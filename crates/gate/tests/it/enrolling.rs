//! A machine becomes a gate over a network that fails in between.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use gatehouse_credential::vault::Vault;
use gatehouse_domain::device::DeviceInfo;
use gatehouse_gate::outpost::{Outpost, is_outpost};

use crate::over::{PROTECTOR, Served, evening, ticket};

#[test]
fn a_gate_whose_list_did_not_come_goes_on_with_its_code() {
    let (scratch, home, _) = evening();
    // It registers the gate, and breaks off before the list.
    let broken = Served::answering(0, |port| {
        Router::new()
            .route(
                "/api/scanners/{id}/roster",
                get(|| async { StatusCode::SERVICE_UNAVAILABLE }),
            )
            .fallback_service(Served::office(&scratch, port))
    });
    let port = broken.port;
    let (own, other) = (ticket(&home, port), ticket(&home, port));
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("gate");
    let info = DeviceInfo::default();
    let around = || scratch.workspace.surroundings().clone();
    let enrol = |ticket| {
        Outpost::enrol(&dir, ticket, "Quay gate", &info, around(), &|_| {
            Ok(Vault::create(PROTECTOR).unwrap())
        })
    };
    enrol(&own).unwrap_err();
    assert!(is_outpost(&dir));
    drop(broken);

    let _office = Served::open(&scratch, port);
    assert_eq!(enrol(&other).unwrap_err().code, "gate_exists");
    let gate = Outpost::open(&dir, around(), &|_, protection| {
        Ok(Vault::unlock(protection, PROTECTOR).unwrap())
    });
    let gate = gate.unwrap();
    assert!(gate.was_enrolled_by(&own).unwrap());
    assert!(!gate.was_enrolled_by(&other).unwrap());
    assert!(gate.exchange().unwrap().renewed);
    let code = home.code_text(&home.find_ticket("1").unwrap()).unwrap();
    let shown = gate.gate().unwrap().admit(&code).unwrap();
    assert_eq!(shown.code.word(), "admitted");
}
