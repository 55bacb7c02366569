#include "tests.h"
#include <Network/Ssl/Session.h>

using namespace Ssl;

namespace
{
class TestCertificate : public Certificate
{
public:
	bool getFingerprint(Fingerprint::Type type, Fingerprint& fingerprint) const override
	{
		++asked;
		if(type == Fingerprint::Type::CertSha1) {
			fingerprint.cert.sha1 = {{1, 2, 3}};
			return true;
		}
		if(type == Fingerprint::Type::PkiSha256) {
			fingerprint.pki.sha256 = {{4, 5, 6}};
			return true;
		}
		return false;
	}

	String getName(DN dn, RDN rdn) const override
	{
		return rdn == RDN::COMMON_NAME ? (dn == DN::SUBJECT ? "device" : "CA") : "";
	}

	String getAlternativeNames() const override
	{
		return "device.local, 192.0.2.1";
	}

	int64_t getNotBefore() const override
	{
		return -1;
	}

	int64_t getNotAfter() const override
	{
		return 253402300799;
	}

	mutable unsigned asked = 0;
};

const Fingerprint::Cert::Sha1 goodSha1 PROGMEM = {1, 2, 3};
const Fingerprint::Cert::Sha1 wrongSha1 PROGMEM = {1, 2, 4};
const Fingerprint::Cert::Sha256 unknownSha256 PROGMEM = {1, 2, 3};
const Fingerprint::Pki::Sha256 goodPki PROGMEM = {4, 5, 6};

struct Calls {
	unsigned judged = 0;
	unsigned released = 0;
	bool answer = false;
};

bool judge(const Certificate* certificate, void* data)
{
	auto calls = static_cast<Calls*>(data);
	if(certificate == nullptr) {
		++calls->released;
		return false;
	}
	++calls->judged;
	return calls->answer;
}

} // namespace

void testValidators()
{
	TestCertificate certificate;

	Check::group("pins");
	{
		ValidatorList list;
		CHECK(list.isEmpty() && list.count() == 0 && list.fingerprintTypes.isEmpty());
		CHECK(!list.validate(&certificate));
		CHECK(list.pin(wrongSha1) && list.pin(unknownSha256));
		CHECK(!list.validate(&certificate));
		CHECK(list.pin(goodPki));
		CHECK(list.validate(&certificate));
		CHECK(list.validate(&certificate)); // not used up
		CHECK_EQ(list.count(), 3u);
		CHECK(!list.validate(nullptr));
		CHECK(list.fingerprintTypes.contains(Fingerprint::Type::CertSha1));
		CHECK(list.fingerprintTypes.contains(Fingerprint::Type::PkiSha256));
		list.clear();
		CHECK(list.isEmpty() && !list.validate(&certificate));
	}
	CHECK(certificate.matchFingerprint(goodSha1));
	CHECK(!certificate.matchFingerprint(wrongSha1));
	CHECK(!certificate.matchFingerprint(unknownSha256));

	Check::group("callbacks");
	Calls calls;
	{
		ValidatorList list;
		CHECK(list.add(judge, &calls));
		CHECK(list.fingerprintTypes.contains(Fingerprint::Type::CertSha256));
		CHECK(!list.validate(&certificate));
		calls.answer = true;
		CHECK(list.validate(&certificate));
		CHECK_EQ(calls.judged, 2u);
	}
	CHECK_EQ(calls.released, 0u); // it had its chance when it was asked
	{
		ValidatorList list;
		CHECK(list.add(judge, &calls));
	}
	CHECK_EQ(calls.released, 1u);
	{
		ValidatorList list;
		bool reached = false;
		list.pin(goodSha1);
		list.add([&reached](const Certificate*, void*) { return reached = true; });
		CHECK(list.validate(&certificate));
		CHECK(!reached); // one match suffices
	}

	Check::group("without memory");
	{
		ValidatorList list;
		Memory::failAllocation(1);
		CHECK(!list.pin(goodSha1));
		CHECK(!list.isComplete());
		CHECK(list.pin(wrongSha1) && !list.isComplete());
	}

	Check::group("printing a certificate");
	struct Text : public Print {
		String text;
		size_t write(uint8_t c) override
		{
			return text.concat(char(c)) ? 1 : 0;
		}
	} text;
	certificate.printTo(text);
	CHECK(text.text.indexOf("CN=device") > 0);
	CHECK(text.text.indexOf("CN=CA") > 0);
	CHECK(text.text.indexOf("device.local, 192.0.2.1") > 0);
	CHECK(text.text.indexOf("1969-12-31T23:59:59Z to 9999-12-31T23:59:59Z") > 0);
	CHECK(text.text.indexOf("01:02:03:00:") > 0);
	CHECK_EQ(toString(Certificate::RDN::ORGANIZATION_NAME), "O");
}
