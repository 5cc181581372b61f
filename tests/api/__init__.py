"""Routes in process."""
