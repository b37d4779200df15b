"""Sites: how they are treated, what is remembered of them, the cookies that they are shown."""
