"""What the workspace knows, in Chroma: the index of passages and the embedders that it can use."""
