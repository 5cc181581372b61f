"""Google's OAuth 2.0 as the sandbox plays it: consent page, tokens, identity."""
