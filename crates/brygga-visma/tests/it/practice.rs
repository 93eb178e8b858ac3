//! Against the practice Visma.net.
