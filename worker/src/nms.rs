//! Greedy non-maximum suppression.
