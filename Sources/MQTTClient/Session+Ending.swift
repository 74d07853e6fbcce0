import MQTT
import MQTTCodec

/// How a connection ends.
extension Session {
    /// Says good-bye: DISCONNECT goes out, then nothing more. Before 5.0, where DISCONNECT always takes the will back, the
    /// other reasons are said by leaving without it. [MQTT-3.14.4-3]
    mutating func disconnect(_ reason: Disconnection = Disconnection(), at now: Instant) {
        switch phase {
        case .closed, .ended: return
        case .connecting, .established: break
        }
        if encoder.version >= .v5_0 || reason.reasonCode == .success { sendDisconnect(reason, at: now) }
        end(.closed)
    }

    private mutating func sendDisconnect(_ reason: Disconnection, at now: Instant) {
        guard encoder.version >= .v5_0 else { return send(.disconnect(Disconnect()), at: now) }
        var packet = Disconnect(reason.reasonCode)
        // What CONNECT did not let outlive the connection cannot be given a life now (3.14.2.2.2).
        let outlives = configuration.sessionExpiryInterval > 0
        let interval = reason.sessionExpiryInterval.flatMap { outlives || $0 == 0 ? $0 : nil }
        packet.properties.sessionExpiryInterval = interval
        let plain = packet
        packet.properties.reasonString = reason.reasonString
        packet.properties.userProperties = reason.userProperties
        // What is only for people is left out where it cannot be said [MQTT-3.14.2-3, MQTT-3.14.2-4], and the interval
        // rather than the good-bye.
        for packet in [packet, plain] where (try? write(.disconnect(packet), at: now)) == true {
            sessionExpiryInterval = interval ?? sessionExpiryInterval
            return
        }
        send(.disconnect(Disconnect(reason.reasonCode)), at: now)
    }

    /// The server broke the protocol: say so where the version can (section 4.13), and end.
    mutating func violate(_ violation: ProtocolViolation, at now: Instant) {
        if isEstablished || isAnswered, encoder.version >= .v5_0 {
            send(.disconnect(Disconnect(violation.reasonCode)), at: now)
        }
        end(.failed(.protocolViolation(violation)))
    }

    /// The connection is gone, by `failure` where the operating system named one. Returns why in terms of MQTT.
    mutating func closed(by failure: SocketFailure?, at now: Instant) -> Ending {
        let ending = ending(by: failure, at: now)
        if case .closed = phase {} else { endConnection() }
        return ending
    }

    private func ending(by failure: SocketFailure?, at now: Instant) -> Ending {
        switch phase {
        case .closed: return .closed
        case .ended: return output.ending ?? .closed
        case .connecting:
            let bytes = stranger?.bytes ?? fragment
            if wasChallenged { return .failed(.authenticationFailed("the server closed the connection")) }
            guard bytes.isEmpty else { return .failed(.notMQTT(bytes)) }
            return .failed(.closedBeforeAnswer(wasReset: failure == .reset))
        case .established(let since):
            return .failed(.lost(failure, milliseconds: Int(now.since(since) / 1_000_000)))
        }
    }

    private mutating func endConnection() {
        phase = .closed
        stranger = nil
        fragment = []
        exchange = nil
        output.ending = nil
        output.bytes.removeAll()
        output.publishByteCount = 0
        for request in output.written { output.events.append(.outcome(request, .unsendable(.connectionLost))) }
        output.written.removeAll()
        for part in output.writtenParts { settle(part, .unsendable(.connectionLost)) }
        output.writtenParts.removeAll()
        reportGroups()
        loseRequests()
        // After a clean start that nobody answered, the server may or may not have what was dropped here.
        isResumable = keepsSession || isAccepted && !configuration.cleanStart
    }
}

extension Session.Ending {
    /// The same for `cause`, where what carries MQTT knows better than MQTT why nothing more came.
    func explained(by cause: ConnectionFailure.Cause?) -> Self {
        guard let cause, case .failed(let own) = self else { return self }
        return switch own {
        case .lost, .closedBeforeAnswer, .notMQTT: .failed(cause)
        default: self
        }
    }
}
