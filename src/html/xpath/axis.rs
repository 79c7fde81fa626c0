//! One location step: from a node along an axis to the nodes that pass the node test (XPath 1.0, sections
//! 2.2 and 2.3).

use ego_tree::NodeRef;
use scraper::ElementRef;
use scraper::node::Node;

use super::budget::{BYTES_COPIED_PER_STEP, EvaluationBudget};
use super::expression::{Axis, NodeTest, Step};
use super::value::XPathNode;

/// Whether an axis leads against document order.
pub(crate) fn is_reverse(axis: Axis) -> bool {
    matches!(axis, Axis::Ancestor | Axis::AncestorOrSelf | Axis::Preceding | Axis::PrecedingSibling)
}

/// The root of the tree that a node stands in.
///
/// # Errors
/// When the budget is used up.
pub(crate) fn root<'d>(node: XPathNode<'d>, budget: &EvaluationBudget) -> Result<XPathNode<'d>, String> {
    let mut highest = match node {
        XPathNode::Node(node) => node,
        XPathNode::Attribute(element, ..) => *element,
    };
    while let Some(parent) = highest.parent() {
        budget.take(1)?;
        highest = parent;
    }
    Ok(XPathNode::Node(highest))
}

/// The nodes of a step's axis that pass its node test, nearest first. Predicates are not looked at.
///
/// # Errors
/// When the budget is used up.
pub(crate) fn nodes_of_step<'d>(
    step: &Step,
    from: XPathNode<'d>,
    budget: &EvaluationBudget,
) -> Result<Vec<XPathNode<'d>>, String> {
    let mut out = Vec::new();
    let steps_per_node = 1 + name_bytes(&step.test) / BYTES_COPIED_PER_STEP;
    // The step costs something even where the axis has no node.
    budget.take(1)?;
    let mut visit = |node: XPathNode<'d>| -> Result<(), String> {
        budget.take(steps_per_node)?;
        if passes(&step.test, step.axis, &node) {
            out.push(node);
        }
        Ok(())
    };
    match (from, step.axis) {
        (XPathNode::Attribute(element, ..), axis) => visit_from_attribute(axis, from, element, &mut visit)?,
        (XPathNode::Node(node), Axis::Attribute) => attributes(node).try_for_each(visit)?,
        (XPathNode::Node(node), axis) => {
            nodes_of_axis(axis, node).try_for_each(|n| visit(XPathNode::Node(n)))?;
        }
    }
    Ok(out)
}

/// The length of the name that a node test compares, in bytes. The page may have names that are as long.
fn name_bytes(test: &NodeTest) -> usize {
    match test {
        NodeTest::Name(name) => name.len(),
        NodeTest::Written { prefix, local } => {
            prefix.as_ref().map_or(0, String::len) + local.as_ref().map_or(0, String::len)
        }
        NodeTest::Any | NodeTest::Text | NodeTest::Comment | NodeTest::Node => 0,
    }
}

/// Visits the nodes of an axis that begins at an attribute of an element.
fn visit_from_attribute<'d>(
    axis: Axis,
    attribute: XPathNode<'d>,
    element: ElementRef<'d>,
    visit: &mut impl FnMut(XPathNode<'d>) -> Result<(), String>,
) -> Result<(), String> {
    match axis {
        Axis::SelfNode | Axis::AncestorOrSelf | Axis::DescendantOrSelf => visit(attribute)?,
        Axis::Parent => visit(XPathNode::Node(*element))?,
        _ => {}
    }
    if matches!(axis, Axis::Ancestor | Axis::AncestorOrSelf) {
        let mut ancestors = std::iter::once(*element).chain(element.ancestors());
        ancestors.try_for_each(|n| visit(XPathNode::Node(n)))?;
    }
    Ok(())
}

fn attributes(node: NodeRef<'_, Node>) -> impl Iterator<Item = XPathNode<'_>> {
    ElementRef::wrap(node).into_iter().flat_map(|element| {
        let attributes = element.value().attrs().enumerate();
        attributes.map(move |(index, (name, value))| XPathNode::Attribute(element, index, name, value))
    })
}

type Nodes<'d> = Box<dyn Iterator<Item = NodeRef<'d, Node>> + 'd>;

fn nodes_of_axis(axis: Axis, node: NodeRef<'_, Node>) -> Nodes<'_> {
    match axis {
        Axis::Child => Box::new(node.children()),
        Axis::Descendant => Box::new(node.descendants().skip(1)),
        Axis::DescendantOrSelf => Box::new(node.descendants()),
        Axis::Parent => Box::new(node.parent().into_iter()),
        Axis::Ancestor => Box::new(node.ancestors()),
        Axis::AncestorOrSelf => Box::new(std::iter::once(node).chain(node.ancestors())),
        Axis::FollowingSibling => Box::new(node.next_siblings()),
        Axis::PrecedingSibling => Box::new(node.prev_siblings()),
        Axis::Following => Box::new(
            std::iter::once(node)
                .chain(node.ancestors())
                .flat_map(|n| n.next_siblings().flat_map(|s| s.descendants())),
        ),
        Axis::Preceding => Box::new(std::iter::once(node).chain(node.ancestors()).flat_map(|n| {
            n.prev_siblings().flat_map(|s| s.descendants().collect::<Vec<_>>().into_iter().rev())
        })),
        Axis::SelfNode | Axis::Attribute => Box::new(std::iter::once(node)),
    }
}

/// Whether a node passes the node test of a step (section 2.3).
fn passes(test: &NodeTest, axis: Axis, node: &XPathNode<'_>) -> bool {
    // `*` and a name select attributes on the attribute axis, and elements on all others.
    let is_principal_type = match node {
        XPathNode::Attribute(..) => axis == Axis::Attribute,
        XPathNode::Node(node) => node.value().is_element(),
    };
    match (test, node) {
        (NodeTest::Node, _) => true,
        (NodeTest::Any, _) => is_principal_type,
        (NodeTest::Name(name), _) => is_principal_type && node.name().eq_ignore_ascii_case(name),
        (NodeTest::Written { prefix, local }, _) => {
            is_principal_type
                && node.prefix() == prefix.as_deref()
                && local.as_deref().is_none_or(|local| node.name() == local)
        }
        (NodeTest::Text, XPathNode::Node(node)) => node.value().is_text(),
        (NodeTest::Comment, XPathNode::Node(node)) => node.value().is_comment(),
        (NodeTest::Text | NodeTest::Comment, XPathNode::Attribute(..)) => false,
    }
}
