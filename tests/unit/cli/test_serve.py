"""What `manystores serve` does before it touches the stock."""

import socket
from pathlib import Path

import pytest

from manystores.cli import main
from manystores.cli.serve import alone_in, bound


def test_a_server_whose_address_is_taken_ends_before_it_takes_the_stock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given somebody who listens there, then it is 3 (try again), and neither database nor owner was disturbed."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["serve", "--port", str(port), "--data", str(tmp_path / "shop")]) == 3
    assert f"can't listen on 127.0.0.1:{port}" in capsys.readouterr().err
    assert not (tmp_path / "shop").exists()


def test_an_address_is_bound_but_does_not_answer_yet() -> None:
    """So that a load balancer hears no, instead of waiting for a server that still starts."""
    (here,) = bound("127.0.0.1", 0)
    with here, pytest.raises(ConnectionRefusedError):
        socket.create_connection(here.getsockname(), 1)


def test_a_host_that_is_nobodys_is_an_error_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--host", "no such host"]) == 3
    assert capsys.readouterr().err.startswith("manystores: can't listen on no such host:")


def test_a_second_server_on_a_data_directory_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with alone_in(tmp_path):
        assert main(["serve", "--port", "0", "--data", str(tmp_path)]) == 3
    assert "another `manystores serve` works in" in capsys.readouterr().err
    with alone_in(tmp_path):
        pass  # it left
