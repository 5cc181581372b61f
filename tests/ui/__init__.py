"""Every page through AppTest, per role and state."""
