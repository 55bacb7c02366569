#include "tests.h"
#include <Network/Ssl/Session.h>

using namespace Ssl;

namespace
{
/** What goes with an error, written down a second time: a change in Error.h must be meant. */
struct Row {
	Error error;
	const char* name;
	Alert alert;
};

#define ROW(name, alert) {Error::name, #name, Alert::alert}

const Row rows[] = {
	ROW(none, none),
	ROW(notEnabled, none),
	ROW(noMemory, INTERNAL_ERROR),
	ROW(noEntropy, INTERNAL_ERROR),
	ROW(nothingToVerify, none),
	ROW(noCertificate, none),
	ROW(badKey, none),
	ROW(keyPassword, none),
	ROW(badCertificateData, none),
	ROW(keyMismatch, none),
	ROW(noHostName, none),
	ROW(alertReceived, none),
	ROW(truncated, none),
	ROW(canceled, USER_CANCELLED),
	ROW(timeout, USER_CANCELLED),
	ROW(unexpectedMessage, UNEXPECTED_MESSAGE),
	ROW(decodeError, DECODE_ERROR),
	ROW(illegalParameter, ILLEGAL_PARAMETER),
	ROW(unsupportedExtension, UNSUPPORTED_EXTENSION),
	ROW(protocolVersion, INVALID_VERSION),
	ROW(handshakeFailure, HANDSHAKE_FAILURE),
	ROW(badRecordMac, BAD_RECORD_MAC),
	ROW(recordOverflow, RECORD_OVERFLOW),
	ROW(recordTooLarge, INTERNAL_ERROR),
	ROW(decryptError, DECRYPT_ERROR),
	ROW(renegotiation, NO_RENEGOTIATION),
	ROW(internal, INTERNAL_ERROR),
	ROW(pinMismatch, CERTIFICATE_UNKNOWN),
	ROW(certificateMalformed, BAD_CERTIFICATE),
	ROW(certificateName, BAD_CERTIFICATE),
	ROW(certificateExpired, CERTIFICATE_EXPIRED),
	ROW(certificateNotYetValid, CERTIFICATE_EXPIRED),
	ROW(clockNotSet, INTERNAL_ERROR),
	ROW(unknownCa, UNKNOWN_CA),
	ROW(selfSigned, UNKNOWN_CA),
	ROW(certificateSignature, BAD_CERTIFICATE),
	ROW(certificateUsage, UNSUPPORTED_CERTIFICATE),
	ROW(certificateNotCa, UNKNOWN_CA),
	ROW(certificateConstraint, BAD_CERTIFICATE),
	ROW(certificateCritical, UNSUPPORTED_CERTIFICATE),
	ROW(certificateAlgorithm, UNSUPPORTED_CERTIFICATE),
	ROW(certificateWeak, BAD_CERTIFICATE),
	ROW(noPeerCertificate, HANDSHAKE_FAILURE),
};

unsigned countErrors()
{
	unsigned n = 0;
#define X(name, alert, text) ++n;
	SSL_ERROR_MAP(X)
#undef X
	return n;
}

DEFINE_CIPHER_SUITES(ownSuites, CipherSuite::ECDHE_RSA_WITH_AES_128_GCM_SHA256);

} // namespace

void testTables()
{
	Check::group("errors and their alerts");
	CHECK_EQ(sizeof(rows) / sizeof(rows[0]), countErrors());
	for(auto& row : rows) {
		CHECK_EQ(toString(row.error), row.name);
		CHECK_EQ(int(alertFor(row.error)), int(row.alert));
		CHECK(getErrorString(row.error).length() != 0);
		for(auto& other : rows) {
			CHECK(&other == &row || getErrorString(other.error) != getErrorString(row.error));
		}
	}

	Check::group("alerts");
	CHECK_EQ(getAlertString(Alert::BAD_CERTIFICATE), "BAD_CERTIFICATE");
	CHECK_EQ(toString(Alert::BAD_CERTIFICATE), "bad_certificate");
	CHECK_EQ(toString(Alert::INVALID_VERSION), "protocol_version");
	CHECK_EQ(toString(Alert::USER_CANCELLED), "user_canceled");
	CHECK_EQ(toString(Alert(123)), "alert 123");
	CHECK_EQ(getAlertString(Alert(123)), "Alert #123");
	CHECK_EQ(toString(Alert::none), "none");
	CHECK_EQ(int(Alert::NO_APPLICATION_PROTOCOL), 120);

	Check::group("cipher suites");
	CHECK_EQ(getCipherSuiteName(CipherSuite(0xC02B)), "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
	CHECK_EQ(getCipherSuiteName(CipherSuite(0x1234)), "0x1234");
	CHECK_EQ(CipherSuites::basic.length(), 4u);
	CHECK(CipherSuites::full.length() > CipherSuites::basic.length());
	for(size_t i = 0; i < CipherSuites::basic.length(); ++i) {
		CHECK(CipherSuites::basic[i] == CipherSuites::full[i]);
	}
	CHECK_EQ(ownSuites.length(), 1u);

	Check::group("sizes, options, session ids");
	CHECK_EQ(maxBufferSizeToBytes(MaxBufferSize::Default), 0u);
	CHECK_EQ(maxBufferSizeToBytes(MaxBufferSize::B512), 512u);
	CHECK_EQ(maxBufferSizeToBytes(MaxBufferSize::K16), 16384u);
	Options options;
	CHECK_EQ(options.toString(), "");
	options.verifyLater = true;
	options.sessionResume = true;
	options.legacyVersions = true;
	CHECK_EQ(options.toString(), "sessionResume, verifyLater, legacyVersions");
	SessionId id;
	CHECK(!id.isValid());
	const uint8_t value[33] = {0xab, 0xcd};
	CHECK(id.assign(value, 2) && id.isValid());
	CHECK_EQ(String(id), "abcd");
	CHECK(!id.assign(value, 33) && !id.isValid());
}
