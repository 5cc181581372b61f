"""An OpenAI-compatible endpoint whose answers tests script: chat completions (also streamed) and embeddings."""
