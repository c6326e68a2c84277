"""Facts as Parquet files: the insight plane's input."""
