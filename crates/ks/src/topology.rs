//! What a filter has inside: nodes, and what is wired to what.

use crate::automation::PropertyItem;
use crate::guid::Guid;
use crate::wire::KsTopologyConnection;

/// The number that stands for the filter where a node could be named.
#[doc(alias = "KSFILTER_NODE")]
#[doc(alias = "PCFILTER_NODE")]
const FILTER: u32 = u32::MAX;

/// One thing that a filter does to sound on its way.
///
/// # Source
/// `portcls/ns-portcls-pcnode_descriptor.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "PCNODE_DESCRIPTOR")]
pub struct Node {
    /// What it does.
    pub kind: Guid,
    /// What it is called, if another one does the same.
    pub name: Option<Guid>,
    /// Its properties.
    pub automation: Vec<PropertyItem>,
}

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// A pin of the filter.
    Pin(u32),
    /// A pin of a node. Of a node with one input and one output these are 1 and 0.
    Node {
        /// The node.
        node: u32,
        /// Its pin.
        pin: u32,
    },
}

/// A wire inside a filter.
///
/// # Source
/// `ks/ns-ks-kstopology_connection.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "PCCONNECTION_DESCRIPTOR")]
pub struct Connection {
    /// Where sound comes from.
    pub from: End,
    /// Where it goes.
    pub to: End,
}

/// Nodes of a filter and the wires between them and its pins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topology {
    /// The nodes; the id of a node is its place here.
    pub nodes: Vec<Node>,
    /// The wires.
    pub connections: Vec<Connection>,
}

impl End {
    const fn from_parts(node: u32, pin: u32) -> Self {
        if node == FILTER {
            Self::Pin(pin)
        } else {
            Self::Node { node, pin }
        }
    }

    const fn parts(self) -> (u32, u32) {
        match self {
            Self::Pin(pin) => (FILTER, pin),
            Self::Node { node, pin } => (node, pin),
        }
    }
}

impl Connection {
    /// From pin `from` of the filter straight to pin `to`.
    pub const fn through(from: u32, to: u32) -> Self {
        Self {
            from: End::Pin(from),
            to: End::Pin(to),
        }
    }
}

impl Topology {
    /// Nodes one behind the other on the way from pin `from` to pin `to`.
    pub fn chain(from: u32, nodes: Vec<Node>, to: u32) -> Self {
        let mut topology = Self::default();
        topology.extend_chain(from, nodes, to);
        topology
    }

    /// Adds nodes one behind the other on the way from pin `from` to pin `to`.
    pub fn extend_chain(&mut self, from: u32, nodes: Vec<Node>, to: u32) {
        let mut end = End::Pin(from);
        for (node, each) in (self.nodes.len()..).zip(nodes) {
            let node = u32::try_from(node).expect("a filter has few nodes");
            let input = End::Node { node, pin: 1 };
            self.connections.push(Connection {
                from: end,
                to: input,
            });
            self.nodes.push(each);
            end = End::Node { node, pin: 0 };
        }
        self.connections.push(Connection {
            from: end,
            to: End::Pin(to),
        });
    }

    /// The pins of the filter that sound gets to from pin `pin`, or, against the stream, those
    /// that it comes from.
    pub fn pins_beyond(&self, pin: u32, against: bool) -> Vec<u32> {
        let mut seen = vec![End::Pin(pin)];
        let mut pins = Vec::new();
        let mut at = 0;
        while let Some(&here) = seen.get(at) {
            at += 1;
            for connection in &self.connections {
                let (near, far) = if against {
                    (connection.to, connection.from)
                } else {
                    (connection.from, connection.to)
                };
                if !same_place(near, here) || seen.contains(&far) {
                    continue;
                }
                if let End::Pin(pin) = far {
                    pins.push(pin);
                }
                seen.push(far);
            }
        }
        pins
    }
}

/// True if what comes to one end is at the other: the same pin, or any pin of the same node.
fn same_place(one: End, other: End) -> bool {
    match (one, other) {
        (End::Node { node, .. }, End::Node { node: other, .. }) => node == other,
        (one, other) => one == other,
    }
}

impl From<Connection> for KsTopologyConnection {
    fn from(connection: Connection) -> Self {
        let (from_node, from_node_pin) = connection.from.parts();
        let (to_node, to_node_pin) = connection.to.parts();
        Self {
            from_node,
            from_node_pin,
            to_node,
            to_node_pin,
        }
    }
}

impl From<KsTopologyConnection> for Connection {
    fn from(wire: KsTopologyConnection) -> Self {
        Self {
            from: End::from_parts(wire.from_node, wire.from_node_pin),
            to: End::from_parts(wire.to_node, wire.to_node_pin),
        }
    }
}

vtime::fork_by_clone!(Node, End, Connection, Topology);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guid::{KSNODETYPE_DAC, KSNODETYPE_MUTE, KSNODETYPE_VOLUME};

    fn node(kind: Guid) -> Node {
        Node {
            kind,
            name: None,
            automation: Vec::new(),
        }
    }

    #[test]
    fn a_chain_enters_a_node_at_its_pin_1_and_leaves_it_at_its_pin_0() {
        let chain = Topology::chain(0, vec![node(KSNODETYPE_VOLUME), node(KSNODETYPE_MUTE)], 3);
        let wires: Vec<[u32; 4]> = chain
            .connections
            .iter()
            .map(|connection| {
                let wire = KsTopologyConnection::from(*connection);
                assert_eq!(Connection::from(wire), *connection);
                [
                    wire.from_node,
                    wire.from_node_pin,
                    wire.to_node,
                    wire.to_node_pin,
                ]
            })
            .collect();
        assert_eq!(wires, [[FILTER, 0, 0, 1], [0, 0, 1, 1], [1, 0, FILTER, 3]]);
    }

    #[test]
    fn a_way_is_found_along_and_against_the_stream() {
        let mut topology = Topology::chain(0, vec![node(KSNODETYPE_DAC)], 1);
        topology.extend_chain(2, vec![node(KSNODETYPE_MUTE)], 3);
        assert_eq!(topology.pins_beyond(0, false), [1]);
        assert_eq!(topology.pins_beyond(1, true), [0]);
        assert_eq!(topology.pins_beyond(0, true), []);
        assert_eq!(topology.pins_beyond(2, false), [3]);
    }
}
