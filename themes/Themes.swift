/// The themes of this folder, part of the binary so that it needs no files beside it.
package enum Themes {
    /// Name and text of each theme; the first is the one to use when nothing else is asked for.
    package static let all: [(name: String, toml: String)] = [
        ("default", String(decoding: PackageResources.default_toml, as: UTF8.self)),
        ("light", String(decoding: PackageResources.light_toml, as: UTF8.self)),
        ("high-contrast", String(decoding: PackageResources.high_contrast_toml, as: UTF8.self)),
        ("mono", String(decoding: PackageResources.mono_toml, as: UTF8.self)),
    ]
}
