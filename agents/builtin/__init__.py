"""The built-in model: understands planning requests in English and German without any endpoint."""
