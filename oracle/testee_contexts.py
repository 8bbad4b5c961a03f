# SPDX-License-Identifier: Apache-2.0
"""The SSL contexts of the testee protocol: as ssl.create_default_context() makes
them, but for what the arguments say."""

try:
    import ssl
except ImportError:  # An interpreter that was built without it.
    ssl = None


def client_context(
    ca=None,
    certificate=None,
    password=None,
    verify=True,
    check_hostname=True,
    **options
):
    """Trusts what `ca` signed, or without it what the system trusts."""
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=ca)
    context.check_hostname = bool(verify and check_hostname)
    context.verify_mode = _verify_mode(verify)
    return _configured(context, certificate, password, **options)


def server_context(
    certificate=None,
    ca=None,
    password=None,
    verify=False,
    sni_name=None,
    sni_context=None,
    **options
):
    """Asks clients for a certificate only if `verify` says so.

    Clients that ask for `sni_name` are answered with `sni_context`, or turned
    away if there is none.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=ca)
    context.verify_mode = _verify_mode(verify)

    def choose_context(ssl_object, server_name, initial_context):
        if server_name != sni_name:
            return None
        if sni_context is None:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        ssl_object.context = sni_context
        return None

    if sni_name is not None:
        context.sni_callback = choose_context
    return _configured(context, certificate, password, **options)


def _verify_mode(verify):
    modes = {
        True: ssl.CERT_REQUIRED,
        False: ssl.CERT_NONE,
        "optional": ssl.CERT_OPTIONAL,
    }
    return modes[verify]


def _configured(
    context,
    certificate,
    password,
    minimum_version=None,
    maximum_version=None,
    alpn=None,
    ciphers=None,
):
    if certificate is not None:
        context.load_cert_chain(certificate, password=password)
    if minimum_version is not None:
        context.minimum_version = _version(minimum_version)
    if maximum_version is not None:
        context.maximum_version = _version(maximum_version)
    if alpn is not None:
        context.set_alpn_protocols(alpn)
    if ciphers is not None:
        context.set_ciphers(ciphers)
    return context


def _version(number):
    """Returns the constant for 1.2, say."""
    return ssl.TLSVersion["TLSv%s" % str(number).replace(".", "_")]


def tls_capabilities():
    """Returns those of this interpreter."""
    if ssl is None:
        return []
    versions = [("tls-1.2", ssl.HAS_TLSv1_2), ("tls-1.3", ssl.HAS_TLSv1_3)]
    return [name for name, has_it in versions if has_it]
