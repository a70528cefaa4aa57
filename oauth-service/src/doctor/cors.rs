//! Which origins' scripts may call.

use shared_types::doctor::{Finding, cors, or_fine};

use super::Patient;

pub(super) fn check(patient: &Patient) -> Vec<Finding> {
    let serve = &patient.config.serve;
    let mut found = cors::check("serve.public.cors", &serve.public.cors, patient.home(), &[]);
    found.extend(cors::check("serve.admin.cors", &serve.admin.cors, patient.home(), &[]));
    or_fine(found, "no origin may call that should not")
}
