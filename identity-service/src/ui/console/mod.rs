//! The operators' console: what its pages are made of. Its routes, and who may enter, are in `http::console`.
//!
//! # How a page is added
//!
//! 1. **Data and template.** A file here with one askama struct per page. Its field `frame: Frame` is what stands around
//!    it; its template extends `console/layout.html` and fills the blocks `actions` (links beside the heading) and `main`.
//!    It is made of data alone: nothing here reads the database or sees a request. Parts that are there already, each a
//!    template to include, which looks for its data under the name given here:
//!    - `console/table.html`, `table: Table`: a caption, columns, and rows of [`Cell`]s (text, link, badge, code, time,
//!      with a second line). On a phone each row is a card by itself.
//!    - `console/pager.html`, `pager: Pager`. Lists go by keys: no page numbers, no totals.
//!    - `console/form.html`, `form: Form`: a whole form with its CSRF token, its fields in sets, each with label, hint and
//!      errors, a summary of the errors above, and its button.
//!    - `console/facts.html`, `facts: Vec<Fact>`: names and what they stand for.
//!    - [`ListingPage`] is a search, a table and a pager; [`SheetsPage`] is sheets of facts, tables and forms one below the
//!      other.
//!    - [`ListPage`] is a list that can be searched, [`FormPage`] a form; [`ConfirmPage`] asks once more before something cannot be undone, [`SecretPage`] shows a secret once; none of them
//!      needs a template of its own.
//! 2. **Place.** A variant of [`Section`], listed in [`Section::NAV`], puts it into the navigation.
//! 3. **Handlers.** A file in `http::console` with `routes`, named in `http::console::scope`. A handler that shows
//!    something takes an `Operator` and answers
//!    `operator.page(&MyPage { frame: operator.frame(Section::Mine, "Heading"), .. })`. A handler that writes takes an
//!    `Act`, which exists only where the form's token was right, and ends with
//!    `act.operator.go("mine/7", "The thing was changed.")`: a redirect, and the sentence stands above the next page. Errors
//!    are `ApiError`s; they are shown within the frame. `operator.cx` is the context of the request: what is done with it
//!    is noted under the operator's name. A link is `operator.link("mine/7")`, never written by hand: a proxy may put
//!    the console elsewhere. A form's token is `frame.token`.
//! 4. **Tests.** `tests/it/console` walks over every route by itself (nobody, no permission, no token). What a page does
//!    has its own test there.

mod asset;
mod confirm;
mod form;
mod frame;
pub(crate) mod identity;
mod message;
mod overview;
mod page;
mod plot;
mod refused;
mod sheets;
mod table;
pub(crate) mod traits;

#[cfg(test)]
mod tests;

pub(crate) use self::{
    asset::find as asset,
    confirm::{ConfirmPage, Hidden, Secret, SecretPage},
    form::{Choice, Control, Field, Form, Set},
    frame::{Frame, Section, Surroundings},
    identity::IdentityPage,
    message::MessagePage,
    overview::{OverviewPage, PlotGroup, RangeLink},
    page::{FormPage, ListPage, Narrowing},
    plot::{Line, Moment, Plot, number},
    refused::{ProblemPage, RefusedPage},
    sheets::{Action, ListingPage, Search, Sheet, SheetsPage},
    table::{Cell, Fact, Pager, Row, Table, Tone},
};
