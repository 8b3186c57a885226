"""The pinned sources of others. tools/setup reads this table too: keep it a plain literal."""

SOURCES = {
    "com_google_absl": {
        "package": "abseil",
        "sha256": "df6d1f5ef540725f3851201176a60486aab332410788465c9877910bb471c34a",
        "strip_prefix": "abseil-20240722.0",
        "tarball": "abseil_20240722.0.orig.tar.gz",
        "version": "20240722.0",
    },
    "com_google_googletest": {
        "package": "googletest",
        "sha256": "2f54382b5d13d6cd0be2afc524f1e510d37f8ba78c2d439c5bea64ef37e30d01",
        "strip_prefix": "googletest-1.16.0",
        "tarball": "googletest_1.16.0.orig.tar.gz",
        "version": "1.16.0",
    },
    "com_github_google_benchmark": {
        "package": "benchmark",
        "sha256": "32131c08ee31eeff2c8968d7e874f3cb648034377dfc32a4c377fa8796d84981",
        "strip_prefix": "benchmark-1.9.1",
        "tarball": "benchmark_1.9.1.orig.tar.gz",
        "version": "1.9.1",
    },
    "libfdt": {
        "package": "device-tree-compiler",
        "sha256": "92d8ca769805ae1f176204230438fe52808f4e1c7944053c9eec0e649b237539",
        "strip_prefix": "dtc-1.7.2",
        "tarball": "device-tree-compiler_1.7.2.orig.tar.xz",
        "version": "1.7.2",
    },
}
