#include "tests.h"
// Private on purpose: the table of engine errors has no public face
#include "../../../../components/ssl/BearSsl/BrError.h"
#include <Network/Ssl/Factory.h>

namespace Ssl
{
// Not there with another engine
BrFailure translateError(int engineError) __attribute__((weak));
Error errorForSentAlert(Alert alert) __attribute__((weak));
} // namespace Ssl

using namespace Ssl;

namespace
{
/** The table a second time, by BearSSL's numbers (bearssl_ssl.h of 0.6): a change of it must be meant. */
struct Row {
	int number;
	const char* name;
	Error error;
	Alert alert;
};

#define ROW(number, name, error, alert) {number, #name, Error::error, Alert::alert}

const Row rows[] = {
	ROW(1, BAD_PARAM, decodeError, DECODE_ERROR),
	ROW(2, BAD_STATE, internal, INTERNAL_ERROR),
	ROW(3, UNSUPPORTED_VERSION, protocolVersion, INVALID_VERSION),
	ROW(4, BAD_VERSION, protocolVersion, INVALID_VERSION),
	ROW(5, BAD_LENGTH, recordOverflow, RECORD_OVERFLOW),
	ROW(6, TOO_LARGE, recordTooLarge, INTERNAL_ERROR),
	ROW(7, BAD_MAC, badRecordMac, BAD_RECORD_MAC),
	ROW(8, NO_RANDOM, noEntropy, INTERNAL_ERROR),
	ROW(9, UNKNOWN_TYPE, unexpectedMessage, UNEXPECTED_MESSAGE),
	ROW(10, UNEXPECTED, unexpectedMessage, UNEXPECTED_MESSAGE),
	ROW(12, BAD_CCS, unexpectedMessage, UNEXPECTED_MESSAGE),
	ROW(13, BAD_ALERT, decodeError, DECODE_ERROR),
	ROW(14, BAD_HANDSHAKE, decodeError, DECODE_ERROR),
	ROW(15, OVERSIZED_ID, decodeError, DECODE_ERROR),
	ROW(16, BAD_CIPHER_SUITE, illegalParameter, ILLEGAL_PARAMETER),
	ROW(17, BAD_COMPRESSION, illegalParameter, ILLEGAL_PARAMETER),
	ROW(18, BAD_FRAGLEN, illegalParameter, ILLEGAL_PARAMETER),
	ROW(19, BAD_SECRENEG, renegotiation, HANDSHAKE_FAILURE),
	ROW(20, EXTRA_EXTENSION, unsupportedExtension, UNSUPPORTED_EXTENSION),
	ROW(21, BAD_SNI, illegalParameter, ILLEGAL_PARAMETER),
	ROW(22, BAD_HELLO_DONE, decodeError, DECODE_ERROR),
	ROW(23, LIMIT_EXCEEDED, illegalParameter, ILLEGAL_PARAMETER),
	ROW(24, BAD_FINISHED, decryptError, DECRYPT_ERROR),
	ROW(25, RESUME_MISMATCH, illegalParameter, ILLEGAL_PARAMETER),
	ROW(26, INVALID_ALGORITHM, illegalParameter, ILLEGAL_PARAMETER),
	ROW(27, BAD_SIGNATURE, decryptError, DECRYPT_ERROR),
	ROW(28, WRONG_KEY_USAGE, certificateUsage, UNSUPPORTED_CERTIFICATE),
	ROW(29, NO_CLIENT_AUTH, noPeerCertificate, HANDSHAKE_FAILURE),
	// No error of the engine: 11 and 30 were never given, 31 is of its socket helpers
	ROW(11, none, internal, INTERNAL_ERROR),
	ROW(30, none, internal, INTERNAL_ERROR),
	ROW(31, IO, internal, INTERNAL_ERROR),
};

} // namespace

void testErrors()
{
	if(String(factory->getName()) != "Bearssl") {
		return;
	}
	Check::group("errors of the engine");
	CHECK_EQ(sizeof(rows) / sizeof(rows[0]), 31u); // every number from 1 to 31
	uint32_t seen = 0;
	for(auto& row : rows) {
		const BrFailure failure = translateError(row.number);
		if(!CHECK(failure.error == row.error && failure.alert == row.alert)) {
			Serial << "  " << row.name << endl;
		}
		seen |= 1U << row.number;
	}
	CHECK_EQ(seen, 0xfffffffeU);

	Check::group("alerts of the engine's own");
	CHECK(errorForSentAlert(Alert::INVALID_VERSION) == Error::protocolVersion);
	CHECK(errorForSentAlert(Alert::INAPPROPRIATE_FALLBACK) == Error::protocolVersion);
	CHECK(errorForSentAlert(Alert::HANDSHAKE_FAILURE) == Error::handshakeFailure);
	CHECK(errorForSentAlert(Alert::NO_APPLICATION_PROTOCOL) == Error::handshakeFailure);
	CHECK(errorForSentAlert(Alert::UNKNOWN_CA) == Error::internal);
}
