import MQTT
import MQTTCodec

/// Enhanced authentication (MQTT 5.0 section 4.12), by the configuration's `Authentication`.
extension Session {
    /// Adds method and data to a CONNECT of 5.0 and begins the exchange.
    mutating func beginAuthentication(in connect: inout Connect) throws(ProtocolViolation) {
        exchange = nil
        guard var exchange = configuration.authentication else { return }
        guard connect.version >= .v5_0 else {
            // Without it the server would take us for somebody who has only a user name.
            throw .malformed("enhanced authentication needs MQTT 5.0")
        }
        connect.properties.authenticationMethod = exchange.method
        connect.properties.authenticationData = exchange.begin()
        self.exchange = exchange
    }

    /// Authenticates anew on the present connection; without a connection that has authenticated, or while an exchange is
    /// under way, there is nothing to do. [MQTT-4.12.1-1]
    mutating func reauthenticate(at now: Instant) {
        guard isEstablished, exchange == nil, var exchange = configuration.authentication else { return }
        let data = exchange.begin()
        self.exchange = exchange
        sendAuth(.reAuthenticate, data, at: now)
    }

    /// The server's next step.
    mutating func receive(_ packet: Auth, at now: Instant) throws(ProtocolViolation) {
        guard var exchange else { throw .protocolError("AUTH that was not asked for") }  // [MQTT-4.12.0-6]
        try checkMethod(packet.properties, of: .auth)
        let isLast = packet.reasonCode == .success
        guard !isLast || isEstablished else {
            throw .protocolError("AUTH instead of CONNACK")  // [MQTT-4.12.0-2]
        }
        wasChallenged = true
        do throws(AuthenticationFailure) {
            guard !isLast else { return try finishAuthentication(packet.properties) }
            let answer = try exchange.answer(packet.properties.authenticationData)
            self.exchange = exchange
            sendAuth(.continueAuthentication, answer, at: now)  // [MQTT-4.12.0-3]
        } catch {
            failAuthentication(error.detail, at: now)
        }
    }

    /// The server has accepted us, in CONNACK or AUTH with `properties`.
    mutating func finishAuthentication(_ properties: Properties) throws(AuthenticationFailure) {
        guard var exchange else { return }
        try exchange.finish(properties.authenticationData)
        self.exchange = nil
    }

    /// Every AUTH and the CONNACK that accepts repeat the method of CONNECT, or none has one.
    /// [MQTT-4.12.0-5, MQTT-4.12.0-6]
    func checkMethod(_ properties: Properties, of type: PacketType) throws(ProtocolViolation) {
        guard properties.authenticationMethod == exchange?.method else {
            throw .protocolError("\(type.name) with another authentication method than CONNECT")
        }
    }

    /// Our side gives up. [MQTT-4.12.1-2]
    mutating func failAuthentication(_ detail: String, at now: Instant) {
        send(.disconnect(Disconnect(.unspecifiedError)), at: now)
        end(.failed(.authenticationFailed(detail)))
    }

    private mutating func sendAuth(_ code: ReasonCode, _ data: [UInt8]?, at now: Instant) {
        var properties = Properties()
        properties.authenticationMethod = configuration.authentication?.method
        properties.authenticationData = data
        do throws(ProtocolViolation) {
            guard try write(.auth(Auth(code, properties: properties)), at: now) else {
                return failAuthentication("the answer is larger than the server takes", at: now)
            }
        } catch {
            failAuthentication(error.detail, at: now)
        }
    }
}
