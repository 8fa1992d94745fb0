"""The pipeline: propose, assess, approve, schedule, execute, settle, reconcile."""
