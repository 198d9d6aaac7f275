"""What pictures are painted with: canvas, axes, paths, marks, ranges; knows no snapshot."""
