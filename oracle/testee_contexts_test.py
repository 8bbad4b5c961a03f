# SPDX-License-Identifier: Apache-2.0
"""The contexts of the protocol are Python's, and strict; SSL errors in JSON."""

import os
import ssl
import sys
import unittest

_FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, _FOLDER)

import testee_contexts  # noqa: E402
import testee_values  # noqa: E402

_CERTIFICATES = os.path.join(os.path.dirname(_FOLDER), "conformance/certificates")


def pem(name):
    return os.path.join(_CERTIFICATES, name + ".pem")


class ContextTest(unittest.TestCase):
    def test_a_client_trusts_only_whom_it_is_told(self):
        context = testee_contexts.client_context(ca=pem("ca"))
        self.assertEqual(context.verify_mode, ssl.CERT_REQUIRED)
        self.assertTrue(context.check_hostname)
        self.assertEqual(
            [each["serialNumber"] for each in context.get_ca_certs()], ["1001"]
        )

    def test_a_client_may_check_less(self):
        context = testee_contexts.client_context(ca=pem("ca"), check_hostname=False)
        self.assertEqual(context.verify_mode, ssl.CERT_REQUIRED)
        self.assertFalse(context.check_hostname)
        context = testee_contexts.client_context(verify=False)
        self.assertEqual(context.verify_mode, ssl.CERT_NONE)
        self.assertFalse(context.check_hostname)

    def test_a_server_asks_for_a_certificate_if_it_is_told(self):
        modes = {
            False: ssl.CERT_NONE,
            True: ssl.CERT_REQUIRED,
            "optional": ssl.CERT_OPTIONAL,
        }
        for verify, mode in modes.items():
            context = testee_contexts.server_context(
                certificate=pem("server"), ca=pem("ca"), verify=verify
            )
            self.assertEqual(context.verify_mode, mode)

    def test_versions_are_numbers(self):
        context = testee_contexts.server_context(
            minimum_version=1.2, maximum_version=1.3
        )
        self.assertEqual(context.minimum_version, ssl.TLSVersion.TLSv1_2)
        self.assertEqual(context.maximum_version, ssl.TLSVersion.TLSv1_3)

    def test_a_name_chooses_a_context_or_is_refused(self):
        class Asked:
            context = None

        other = testee_contexts.server_context(certificate=pem("other_name"))
        context = testee_contexts.server_context(sni_name="a", sni_context=other)
        self.assertIsNone(context.sni_callback(Asked, "b", context))
        self.assertIsNone(Asked.context)
        self.assertIsNone(context.sni_callback(Asked, "a", context))
        self.assertIs(Asked.context, other)
        context = testee_contexts.server_context(sni_name="a")
        alert = context.sni_callback(Asked, "a", context)
        self.assertEqual(alert, ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME)

    def test_what_cannot_be_made_is_an_error(self):
        for certificate in ("wrong_key", "ca"):
            with self.assertRaises(ssl.SSLError):
                testee_contexts.server_context(certificate=pem(certificate))
        with self.assertRaises(FileNotFoundError):
            testee_contexts.client_context(ca=pem("nobody"))

    def test_an_error_says_what_the_peer_told(self):
        error = ssl.SSLError(1, "text")
        error.reason = "TLSV1_ALERT_UNKNOWN_CA"
        encoded = testee_values.encode_error(error)
        self.assertEqual(encoded["attributes"], {"reason": "TLSV1_ALERT_UNKNOWN_CA"})
        error.reason = "WRONG_VERSION_NUMBER"  # Its own words for it.
        self.assertEqual(testee_values.encode_error(error)["attributes"], {})
        error = ssl.SSLCertVerificationError(1, "text")
        error.verify_code = 62
        encoded = testee_values.encode_error(error)
        self.assertEqual(encoded["kind"], "SSLCertVerificationError")
        self.assertEqual(encoded["attributes"], {"verify_code": 62})


if __name__ == "__main__":
    unittest.main()
