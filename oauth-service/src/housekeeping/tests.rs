use std::collections::HashSet;

use super::SWEEPS;

#[test]
fn no_table_is_swept_twice() {
    let names: HashSet<&str> = SWEEPS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), SWEEPS.len());
}
