extension ReasonCode {
    /// The Reason Code with the meaning of a CONNACK return code of versions before 5.0.
    package init(returnCode: UInt8) {
        switch returnCode {
        case 0: self = .success
        case 1: self = .unsupportedProtocolVersion
        case 2: self = .clientIdentifierNotValid
        case 3: self = .serverUnavailable
        case 4: self = .badUserNameOrPassword
        case 5: self = .notAuthorized
        case 0x80...: self.init(rawValue: returnCode)
        default: self = .unspecifiedError
        }
    }

    /// The CONNACK return code of versions before 5.0 with this meaning.
    package var returnCode: UInt8 {
        switch self {
        case .success: 0
        case .unsupportedProtocolVersion: 1
        case .clientIdentifierNotValid: 2
        case .badUserNameOrPassword: 4
        case .notAuthorized: 5
        default: 3
        }
    }
}
