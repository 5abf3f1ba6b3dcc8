//! The graph of small supergraphs.
