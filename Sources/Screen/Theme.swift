/// A complete table from roles to looks.
package struct Theme: Sendable {
    /// The theme's name, as the user chooses it.
    package let name: String
    /// One style for each role, by raw value.
    private let styles: [Style]

    /// Makes a theme of role names and spelled styles (see `Style.init(spelled:)`); every role must be given exactly
    /// once.
    package init(name: String, styles: [(role: String, style: String)]) throws(ThemeError) {
        var given: [Style?] = Array(repeating: nil, count: Role.allCases.count)
        for (roleName, spelled) in styles {
            guard let role = Role(name: roleName) else { throw .unknownRole(roleName) }
            guard given[Int(role.rawValue)] == nil else { throw .repeatedRole(roleName) }
            do {
                given[Int(role.rawValue)] = try Style(spelled: spelled)
            } catch {
                throw .unknownWord(error.word, role: roleName)
            }
        }
        if let missing = Role.allCases.first(where: { given[Int($0.rawValue)] == nil }) {
            throw .missingRole(missing.name)
        }
        self.name = name
        self.styles = given.map { $0 ?? Style() }
    }

    private init(plain name: String) {
        self.name = name
        styles = Array(repeating: Style(), count: Role.allCases.count)
    }

    /// The theme in which everything looks like plain text.
    package static let plain = Theme(plain: "plain")

    /// The look of `role`.
    package subscript(role: Role) -> Style { styles[Int(role.rawValue)] }
}

/// What is wrong with a theme.
package enum ThemeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No role has this name.
    case unknownRole(String)
    /// This role is given twice.
    case repeatedRole(String)
    /// This role is not given.
    case missingRole(String)
    /// This word of a role's style is neither emphasis nor a colour, or comes twice.
    case unknownWord(String, role: String)

    /// The error as a sentence for the user.
    package var description: String {
        switch self {
        case .unknownRole(let name): "there is no role “\(name)”"
        case .repeatedRole(let name): "the role “\(name)” is given twice"
        case .missingRole(let name): "the role “\(name)” is missing"
        case .unknownWord(let word, let role): "“\(word)” has no meaning in the style of “\(role)”"
        }
    }
}
