"""The command line: manystores --help."""
