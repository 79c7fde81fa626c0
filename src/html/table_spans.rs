//! Cells of tables that span several rows or columns, written out: a copy stands in each place that such a
//! cell covers. Then every row has its columns at the same numbers, for `td:nth-child(2)` as for all that
//! counts elements.
//!
//! The places are those of the table model of HTML (section 4.9.12). A cell that is alone in its row, and
//! spans its columns, is a heading of the rows below: it stays as it is.

use std::collections::HashSet;
use std::rc::Rc;

use ego_tree::{NodeId, NodeRef, Tree};
use scraper::{Html, Node};

/// Rows that a cell may span, as in the table model of HTML.
const MAX_ROWS: usize = 65_534;
/// Columns that a cell may span. The table model allows 1,000, and no table for people has as many.
const MAX_COLUMNS: usize = 200;
/// The copy of a cell with more nodes, or with a table in it, is empty: it keeps the place, no more.
const MAX_CELL_NODES: usize = 60;
/// Nodes that copies may add to a page: as many as the page has, within these bounds.
const MIN_ADDED_NODES: usize = 1_000;
const MAX_ADDED_NODES: usize = 100_000;

/// The attribute of a cell that is a copy of another one.
pub(crate) const COPY_MARK: &str = "data-spanned";

/// Writes out the spanning cells of a page. When no more nodes may be added, the rest of the page stays as it
/// is.
pub(crate) fn write_out(html: &mut Html) {
    let sections = sections_with_spans(html);
    let nodes_left = html.tree.nodes().len().clamp(MIN_ADDED_NODES, MAX_ADDED_NODES);
    let mut writer = SpanWriter { tree: &mut html.tree, nodes_left };
    for section in sections {
        if writer.write_section(section).is_none() {
            break;
        }
    }
}

/// The tables, or parts of tables, that hold rows with spanning cells. Each has rows of its own: no cell
/// reaches from one into the next.
fn sections_with_spans(html: &Html) -> Vec<NodeId> {
    let mut seen: HashSet<NodeId> = HashSet::new();
    let mut sections = Vec::new();
    for node in html.tree.nodes().filter(|node| CellSpan::of(*node).is_some_and(CellSpan::is_wide)) {
        let row = node.parent().filter(|row| is_named(*row, &["tr"]));
        let section = row.and_then(|row| row.parent()).map(|section| section.id());
        sections.extend(section.filter(|section| seen.insert(*section)));
    }
    sections
}

fn is_named(node: NodeRef<'_, Node>, names: &[&str]) -> bool {
    node.value().as_element().is_some_and(|element| names.contains(&element.name()))
}

/// How many rows and columns a cell covers.
#[derive(Debug, Clone, Copy)]
struct CellSpan {
    rows: usize,
    columns: usize,
}

impl CellSpan {
    /// The span of a node; `None` if it is no cell.
    fn of(node: NodeRef<'_, Node>) -> Option<Self> {
        let element = node.value().as_element().filter(|e| matches!(e.name(), "td" | "th"))?;
        let number = |name: &str| {
            let (_, value) = element.attrs().find(|(attribute, _)| *attribute == name)?;
            leading_number(value)
        };
        // Zero rows are all rows to the end of the section; zero columns are a mistake.
        let rows = number("rowspan").map_or(1, |rows| if rows == 0 { MAX_ROWS } else { rows.min(MAX_ROWS) });
        let columns = number("colspan").map_or(1, |columns| columns.clamp(1, MAX_COLUMNS));
        Some(Self { rows, columns })
    }

    fn is_wide(self) -> bool {
        self.rows > 1 || self.columns > 1
    }
}

/// The number that a text begins with, as HTML reads numbers; a longer number is the greatest that there is.
fn leading_number(text: &str) -> Option<usize> {
    let text = text.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| text[..digits].parse().unwrap_or(usize::MAX))
}

/// The nodes of a copy in page order, each with the index of its parent.
type CellNodes = Rc<[(usize, Node)]>;

/// A cell that reaches down into the rows below.
#[derive(Clone)]
struct ReachingCell {
    nodes: CellNodes,
    /// The index of the first row that it does not cover.
    end: usize,
}

/// By column: the cell above that reaches down.
type Columns = Vec<Option<ReachingCell>>;

struct SpanWriter<'t> {
    tree: &'t mut Tree<Node>,
    nodes_left: usize,
}

impl SpanWriter<'_> {
    /// Writes out the cells of a section; `None` when no more nodes may be added.
    fn write_section(&mut self, section: NodeId) -> Option<()> {
        let children = self.tree.get(section)?.children();
        let rows: Vec<NodeId> =
            children.filter(|child| is_named(*child, &["tr"])).map(|row| row.id()).collect();
        let mut above = Columns::new();
        for (index, row) in rows.into_iter().enumerate() {
            self.write_row(row, index, &mut above)?;
            let last = above.iter().rposition(|cell| reaches(cell.as_ref(), index + 1));
            above.truncate(last.map_or(0, |last| last + 1));
        }
        Some(())
    }

    /// Writes out one row: copies of cells above it and of its own cells. A row without cells of its own
    /// stays empty.
    fn write_row(&mut self, row: NodeId, index: usize, above: &mut Columns) -> Option<()> {
        let children = self.tree.get(row)?.children();
        let cells: Vec<(NodeId, CellSpan)> =
            children.filter_map(|cell| Some((cell.id(), CellSpan::of(cell)?))).collect();
        let is_heading = cells.len() == 1 && above.is_empty();
        let mut column = 0;
        let mut last = None;
        for (cell, span) in cells {
            while let Some(nodes) = reaching_nodes(above, column, index) {
                let copy = self.paste(&nodes)?;
                self.tree.get_mut(cell)?.insert_id_before(copy);
                column += 1;
            }
            let columns = if is_heading { 1 } else { free_columns(above, column, index, span.columns) };
            last = Some(self.repeat(cell, columns)?);
            if span.rows > 1 {
                let reaching =
                    ReachingCell { nodes: self.nodes_of(cell)?, end: index.saturating_add(span.rows) };
                above.resize(above.len().max(column + columns), None);
                above[column..column + columns].fill(Some(reaching));
            }
            column += columns;
        }
        let Some(last) = last else { return Some(()) };
        self.finish_row(last, column, index, above)
    }

    /// Appends the cells above that reach into the row behind its own last cell.
    fn finish_row(
        &mut self,
        last: NodeId,
        column: usize,
        index: usize,
        above: &[Option<ReachingCell>],
    ) -> Option<()> {
        let mut last = last;
        for column in column..above.len() {
            let Some(nodes) = reaching_nodes(above, column, index) else { continue };
            last = self.paste_after(last, &nodes)?;
        }
        Some(())
    }

    /// Puts copies of a cell behind it, for the columns beyond its first; returns the last of them.
    fn repeat(&mut self, cell: NodeId, columns: usize) -> Option<NodeId> {
        if columns < 2 {
            return Some(cell);
        }
        let nodes = self.nodes_of(cell)?;
        let mut last = cell;
        for _ in 1..columns {
            last = self.paste_after(last, &nodes)?;
        }
        Some(last)
    }

    fn paste_after(&mut self, cell: NodeId, nodes: &[(usize, Node)]) -> Option<NodeId> {
        let copy = self.paste(nodes)?;
        self.tree.get_mut(cell)?.insert_id_after(copy);
        Some(copy)
    }

    /// A new cell of these nodes that stands nowhere yet; `None` when no more nodes may be added.
    fn paste(&mut self, nodes: &[(usize, Node)]) -> Option<NodeId> {
        self.nodes_left = self.nodes_left.checked_sub(nodes.len())?;
        let mut ids: Vec<NodeId> = Vec::with_capacity(nodes.len());
        for (parent, node) in nodes {
            let id = self.tree.orphan(node.clone()).id();
            // The first node is the cell itself: it has no parent yet.
            if let Some(parent) = ids.get(*parent) {
                self.tree.get_mut(*parent)?.append_id(id);
            }
            ids.push(id);
        }
        ids.first().copied()
    }

    /// The nodes of a cell as its copies have them.
    fn nodes_of(&self, cell: NodeId) -> Option<CellNodes> {
        let cell = self.tree.get(cell)?;
        let mut nodes = vec![(0, marked(cell.value()))];
        let mut next: Vec<(usize, NodeRef<'_, Node>)> =
            cell.children().rev().map(|child| (0, child)).collect();
        while let Some((parent, node)) = next.pop() {
            if nodes.len() >= MAX_CELL_NODES || is_named(node, &["table"]) {
                nodes.truncate(1);
                break;
            }
            let index = nodes.len();
            nodes.push((parent, nameless(node.value())));
            next.extend(node.children().rev().map(|child| (index, child)));
        }
        Some(nodes.into())
    }
}

/// The cell of a copy, which says that it is one.
fn marked(cell: &Node) -> Node {
    let mut cell = cell.clone();
    if let Node::Element(element) = &mut cell {
        let mut attributes = element.attrs.iter_mut();
        if let Some((name, _)) = attributes.find(|(name, _)| matches!(&*name.local, "rowspan" | "colspan")) {
            name.local = COPY_MARK.into();
        }
        // Attributes are found by their order.
        element.attrs.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    }
    nameless(&cell)
}

/// A node without what only one node of a page may have, and without its span, which the copies are.
fn nameless(node: &Node) -> Node {
    let mut node = node.clone();
    if let Node::Element(element) = &mut node {
        element.attrs.retain(|(name, _)| !matches!(&*name.local, "id" | "rowspan" | "colspan"));
    }
    node
}

fn reaches(cell: Option<&ReachingCell>, row: usize) -> bool {
    cell.is_some_and(|cell| cell.end > row)
}

/// The cell above that covers a place.
fn reaching_nodes(above: &[Option<ReachingCell>], column: usize, row: usize) -> Option<CellNodes> {
    let cell = above.get(column)?.as_ref();
    cell.filter(|cell| cell.end > row).map(|cell| Rc::clone(&cell.nodes))
}

/// How many columns from one on, up to `wanted`, no cell above covers; at least the first.
fn free_columns(above: &[Option<ReachingCell>], column: usize, row: usize, wanted: usize) -> usize {
    let is_free = |column: &usize| !reaches(above.get(*column).and_then(Option::as_ref), row);
    (column..column + wanted).take_while(is_free).count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::parse::parse;
    use crate::html::text::visible_text;
    use scraper::ElementRef;

    fn rows(body: &str) -> Vec<String> {
        let mut html = parse(&format!("<table>{body}</table>"), 100).unwrap();
        write_out(&mut html);
        let rows = html.root_element().descendent_elements().filter(|e| e.value().name() == "tr");
        let row = |row: ElementRef<'_>| row.child_elements().map(visible_text).collect::<Vec<_>>().join("|");
        rows.map(row).collect()
    }

    #[test]
    fn a_cell_stands_in_each_row_that_it_spans() {
        let body = "<tr><td>a<td rowspan=2>b<td>c<tr><td>d<td>e<tr><td>f<td>g<td>h";
        assert_eq!(rows(body), ["a|b|c", "d|b|e", "f|g|h"]);
    }

    #[test]
    fn the_last_column_and_nested_spans_count_too() {
        let body =
            "<tr><td rowspan=4>y<td rowspan=2>m<td>1<td rowspan=3>z<tr><td>2<tr><td>n<td>3<tr><td>o<td>4";
        assert_eq!(rows(body), ["y|m|1|z", "y|m|2|z", "y|n|3|z", "y|o|4"]);
    }

    #[test]
    fn a_cell_stands_in_each_column_that_it_spans() {
        let body = "<tr><td colspan=2>a<td>b<tr><td>c<td>d<td>e";
        assert_eq!(rows(body), ["a|a|b", "c|d|e"]);
    }

    #[test]
    fn rows_and_columns_are_spanned_together() {
        let body = "<tr><td rowspan=2 colspan=2>a<td>b<tr><td>c<tr><td>d<td>e<td>f";
        assert_eq!(rows(body), ["a|a|b", "a|a|c", "d|e|f"]);
    }

    #[test]
    fn a_heading_over_all_columns_stays_one_cell() {
        let body = "<tr><td colspan=3>May<tr><td>a<td>b<td>c";
        assert_eq!(rows(body), ["May", "a|b|c"]);
    }

    #[test]
    fn a_span_ends_with_its_section() {
        let body = "<tbody><tr><td rowspan=0>a<td>b<tr><td>c</tbody><tbody><tr><td>d<td>e</tbody>";
        assert_eq!(rows(body), ["a|b", "a|c", "d|e"]);
    }

    #[test]
    fn numbers_are_read_as_browsers_read_them() {
        let numbers = [("2", Some(2)), (" 3x", Some(3)), ("", None), ("-1", None), ("two", None)];
        for (text, number) in numbers {
            assert_eq!(leading_number(text), number, "{text:?}");
        }
        assert_eq!(leading_number(&"9".repeat(40)), Some(usize::MAX));
    }

    #[test]
    fn a_copy_has_no_id_and_no_table() {
        let mut html = parse(
            "<table><tr><td rowspan=2 id=x><b id=y>a</b><td>b<tr><td>c</table>\
             <table><tr><td rowspan=2><table><tr><td>in</table><td>d<tr><td>e</table>",
            100,
        )
        .unwrap();
        write_out(&mut html);
        let elements = || html.root_element().descendent_elements();
        assert_eq!(elements().filter(|e| e.attr("id").is_some()).count(), 2);
        assert_eq!(elements().filter(|e| e.value().name() == "b").count(), 2);
        assert_eq!(elements().filter(|e| e.value().name() == "table").count(), 3);
    }

    #[test]
    fn a_copy_says_that_it_is_one() {
        let mut html = parse("<table><tr><td rowspan=2 class=x>a<td>b<tr><td>c</table>", 100).unwrap();
        write_out(&mut html);
        let cells = html.root_element().descendent_elements().filter(|e| e.value().name() == "td");
        let marks: Vec<bool> = cells.map(|e| e.attr(COPY_MARK).is_some()).collect();
        assert_eq!(marks, [false, false, true, false]);
        let classes = html.root_element().descendent_elements().filter(|e| e.attr("class") == Some("x"));
        assert_eq!(classes.count(), 2);
    }

    #[test]
    fn copies_have_a_bound() {
        let row = "<tr>".to_owned() + &"<td rowspan=65534 colspan=1000>x".repeat(20);
        let mut html = parse(&format!("<table>{}</table>", row.repeat(2_000)), 100).unwrap();
        let before = html.tree.nodes().len();
        write_out(&mut html);
        assert!(html.tree.nodes().len() <= before * 2 + MAX_CELL_NODES, "{before} nodes");
    }
}
