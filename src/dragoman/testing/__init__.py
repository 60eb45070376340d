"""Contract suites and fakes, shipped so that other people can test their own backends."""
