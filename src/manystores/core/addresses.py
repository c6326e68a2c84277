"""Which network addresses a request made on somebody else's word may reach: public ones only (SSRF).

A webhook's URL is chosen by a key holder, so it must not become a way to talk to the machine's own network:
loopback, private ranges, link-local metadata services, and every IPv6 spelling of those.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an address literal (as a resolver gives it) is one of the public internet, whatever it embeds.

    >>> is_public("93.184.215.14"), is_public("127.0.0.1"), is_public("::ffff:10.0.0.1")
    (True, False, False)
    """
    # a scope id (fe80::1%eth0) names an interface of this machine; the address in front of it decides
    meant = _inner(ip_address(address.partition("%")[0]))
    if isinstance(meant, IPv6Address) and (meant.sixtofour is not None or meant.teredo is not None):
        return False  # tunnels to an IPv4 address of the sender's choice, which nobody serves from today
    return meant.is_global and not (meant.is_multicast or meant.is_reserved or meant.is_unspecified)


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that the system or a gateway unwraps from an IPv6 one, else the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
