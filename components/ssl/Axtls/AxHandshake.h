/** Ssl::AxHandshake: what a connection holds for its engine only until the handshake ends. */
#pragma once

#include "../src/PeerVerifier.h"
#include <Network/Ssl/Session.h>
#include <axtls/engine.h>

namespace Ssl
{
struct AxHandshake : public Memory::Tagged<Memory::Tag::handshake> {
	/** As many suites as the engine's table can have. */
	static constexpr size_t maxSuites = 32;

	AxHandshake() = default;
	~AxHandshake();
	AxHandshake(const AxHandshake&) = delete;
	AxHandshake& operator=(const AxHandshake&) = delete;

	/**
	 * Point the settings to all that the session gives for a handshake.
	 * @param material our own key and certificate, may be nullptr for a client
	 * @return false with the error in the session
	 */
	bool init(Session& session, const KeyMaterial* material, axtls_settings& settings);

	/** Take everything out of the settings that would not be there any more. */
	static void remove(axtls_settings& settings);

	PeerVerifier* verifier = nullptr; ///< from the peer's Certificate message on
	String serverName;				  ///< for SNI

private:
	bool initSuites(Session& session, axtls_settings& settings);
	bool initAuthorities(Session& session, axtls_settings& settings);

	uint16_t suites[maxSuites];
	axtls_identity identity{};
	axtls_name* authorities = nullptr; ///< that a client is told about
};

} // namespace Ssl
