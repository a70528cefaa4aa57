//! The order of nodes, which clients observe (identity contract §2.5).
//!
//! Two stable sorts: by group, then by key among nodes whose groups may be mixed. The second comparison is not
//! transitive, so the result depends on the algorithm; a library sort may reorder or panic on it. The reference
//! sorts blocks of twenty by insertion and joins them by rotation (SymMerge, Kim and Kutzner 2004), and so does
//! this module.

use serde_json::Value;

use super::{Group, Node};

const BLOCK: usize = 20;

/// What a flow says about its order.
pub(crate) struct Order<'a> {
    /// Groups in their order; one that is missing goes first.
    pub(crate) groups: &'a [Group],
    /// Prefixes of node keys in their order; a key that matches none goes behind them.
    pub(crate) keys: &'a [String],
}

impl Order<'_> {
    /// Puts the nodes in order.
    pub(crate) fn apply(&self, nodes: &mut Vec<Node>) {
        nodes.sort_by_key(|node| self.groups.iter().position(|group| *group == node.group).map_or(0, |at| at + 1));
        let mut order: Vec<usize> = (0..nodes.len()).collect();
        stable_sort(&mut order, &|a: &usize, b: &usize| match (nodes.get(*a), nodes.get(*b)) {
            (Some(a), Some(b)) => self.less(a, b),
            _ => false,
        });
        let mut taken: Vec<Option<Node>> = nodes.drain(..).map(Some).collect();
        nodes.extend(order.into_iter().filter_map(|at| taken.get_mut(at).and_then(Option::take)));
    }

    fn less(&self, a: &Node, b: &Node) -> bool {
        let mixed = matches!((a.group, b.group), (Group::Default, Group::Password) | (Group::Password, Group::Default));
        if a.group != b.group && !mixed {
            return false;
        }
        let (left, right) = (self.rank(a.key()), self.rank(b.key()));
        if left == right { printed(a) < printed(b) } else { left < right }
    }

    fn rank(&self, key: &str) -> usize {
        if key == "method" {
            return self.keys.len() + 1;
        }
        self.keys.iter().position(|prefix| key.starts_with(prefix.as_str())).unwrap_or(self.keys.len())
    }
}

/// A value as the tie-break compares it; nothing prints as `<nil>`.
fn printed(node: &Node) -> String {
    match node.as_input().and_then(|input| input.value.as_ref()) {
        None | Some(Value::Null) => "<nil>".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn stable_sort<T>(items: &mut [T], less: &dyn Fn(&T, &T) -> bool) {
    for block in items.chunks_mut(BLOCK) {
        insertion_sort(block, less);
    }
    let mut size = BLOCK;
    while size < items.len() {
        for pair in items.chunks_mut(2 * size) {
            if pair.len() > size {
                sym_merge(pair, size, less);
            }
        }
        size *= 2;
    }
}

#[expect(clippy::indexing_slicing, reason = "both indices stay below the length by the loop bounds")]
fn insertion_sort<T>(items: &mut [T], less: &dyn Fn(&T, &T) -> bool) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && less(&items[at], &items[at - 1]) {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// Merges `items[..middle]` and `items[middle..]`, both sorted, in place.
#[expect(clippy::indexing_slicing, reason = "every index lies between 0 and the length by the algorithm's bounds")]
fn sym_merge<T>(items: &mut [T], middle: usize, less: &dyn Fn(&T, &T) -> bool) {
    let len = items.len();
    if middle == 0 || middle == len {
        return;
    }
    if middle == 1 {
        let at = first(1, len, |i| !less(&items[i], &items[0]));
        items[..at].rotate_left(1);
        return;
    }
    if len - middle == 1 {
        let at = first(0, middle, |i| less(&items[middle], &items[i]));
        items[at..].rotate_right(1);
        return;
    }
    let half = len / 2;
    let sum = half + middle;
    let (low, high) = if middle > half { (sum - len, half) } else { (0, middle) };
    let start = first(low, high, |i| less(&items[sum - 1 - i], &items[i]));
    let end = sum - start;
    if start < middle && middle < end {
        items[start..end].rotate_left(middle - start);
    }
    if start > 0 && start < half {
        sym_merge(&mut items[..half], start, less);
    }
    if half < end && end < len {
        sym_merge(&mut items[half..], end - half, less);
    }
}

/// The first index in `low..high` for which `found` holds, by halving; `high` when there is none.
fn first(mut low: usize, mut high: usize, found: impl Fn(usize) -> bool) -> usize {
    while low < high {
        let at = usize::midpoint(low, high);
        if found(at) {
            high = at;
        } else {
            low = at + 1;
        }
    }
    low
}
