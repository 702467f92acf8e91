"""From answers to a verdict: secret `cases`, the decision (`decide`), a `picture`, the `record` of it."""
