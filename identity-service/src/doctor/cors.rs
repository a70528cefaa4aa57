//! Which origins' scripts may call.

use shared_types::doctor::{Finding, cors, or_fine};

use super::Patient;

pub(super) fn check(patient: &Patient) -> Vec<Finding> {
    let found = cors::check("serve.public.cors", &patient.config.serve.cors, patient.home(), &patient.pages());
    or_fine(found, "scripts of the pages may call, and no others")
}
