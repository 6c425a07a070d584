//! Finite elements: shape functions, quadrature, stiffness kernels. One element at a time; must
//! not know the mesh around it, sparse matrices, or where its stiffness goes.

pub mod tet10;
