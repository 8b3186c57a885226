// Where a FAT32 volume keeps what: the numbers of [FAT32], and the two fields that others added.
#ifndef BATON_KERNEL_FS_FAT_LAYOUT_H_
#define BATON_KERNEL_FS_FAT_LAYOUT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace baton::kernel::fat {

inline constexpr std::uint32_t kSectorBytes = 512;
using SectorBuffer = std::array<std::byte, kSectorBytes>;
using SectorView = std::span<std::byte, kSectorBytes>;
using ConstSectorView = std::span<const std::byte, kSectorBytes>;

// [FAT32 "Boot Sector and BPB Structure"], offsets in sector 0.
namespace boot {
inline constexpr std::size_t kBytesPerSector = 11;
inline constexpr std::size_t kSectorsPerCluster = 13;
inline constexpr std::size_t kReservedSectors = 14;
inline constexpr std::size_t kFats = 16;
inline constexpr std::size_t kRootEntries = 17;
inline constexpr std::size_t kTotalSectors16 = 19;
inline constexpr std::size_t kFatSectors16 = 22;
inline constexpr std::size_t kTotalSectors32 = 32;
inline constexpr std::size_t kFatSectors32 = 36;
inline constexpr std::size_t kFlags = 40;
inline constexpr std::size_t kVersion = 42;
inline constexpr std::size_t kRootCluster = 44;
inline constexpr std::size_t kInfoSector = 48;
/// Reserved in [FAT32]; bit 0 is what Linux and dosfstools call the dirty bit.
inline constexpr std::size_t kState = 65;
inline constexpr std::uint8_t kStateDirty = 1;
inline constexpr std::size_t kSignature = 510;
inline constexpr std::uint16_t kSignatureValue = 0xaa55;
}  // namespace boot

// [FAT32 "FSInfo Sector Structure"].
namespace info {
inline constexpr std::size_t kLead = 0;
inline constexpr std::uint32_t kLeadValue = 0x41615252;
inline constexpr std::size_t kStruct = 484;
inline constexpr std::uint32_t kStructValue = 0x61417272;
inline constexpr std::size_t kFree = 488;
inline constexpr std::size_t kNext = 492;
inline constexpr std::size_t kTrail = 508;
inline constexpr std::uint32_t kTrailValue = 0xaa550000;
inline constexpr std::uint32_t kUnknown = 0xffff'ffff;
}  // namespace info

// [FAT32 "FAT Data Structure"]: an entry's 28 bits; the other 4 are not ours to change.
inline constexpr std::uint32_t kEntryMask = 0x0fff'ffff;
inline constexpr std::uint32_t kFree = 0;
inline constexpr std::uint32_t kBadCluster = 0x0fff'fff7;
inline constexpr std::uint32_t kFirstEnd = 0x0fff'fff8;
inline constexpr std::uint32_t kEndOfChain = 0x0fff'ffff;
inline constexpr std::uint32_t kFirstCluster = 2;
inline constexpr std::uint32_t kMaxClusters = 0x0fff'fff5;
inline constexpr std::uint32_t kEntriesPerSector = kSectorBytes / 4;
/// In entry 1.
inline constexpr std::uint32_t kCleanBit = 0x0800'0000;
inline constexpr std::uint32_t kNoErrorBit = 0x0400'0000;

// [FAT32 "Directory Structure"], offsets in an entry of 32 bytes.
namespace entry {
inline constexpr std::size_t kBytes = 32;
inline constexpr unsigned kPerSector = kSectorBytes / kBytes;
inline constexpr std::size_t kNameBytes = 11;
inline constexpr std::size_t kAttributes = 11;
inline constexpr std::size_t kCase = 12;
inline constexpr std::size_t kCreatedTime = 14;
inline constexpr std::size_t kCreatedDate = 16;
inline constexpr std::size_t kAccessedDate = 18;
inline constexpr std::size_t kClusterHigh = 20;
inline constexpr std::size_t kWrittenTime = 22;
inline constexpr std::size_t kWrittenDate = 24;
inline constexpr std::size_t kClusterLow = 26;
inline constexpr std::size_t kSize = 28;

/// First bytes of entries that hold nothing.
inline constexpr std::uint8_t kDeleted = 0xe5;
inline constexpr std::uint8_t kEnd = 0x00;
/// Stands for a first byte of 0xe5.
inline constexpr std::uint8_t kEscapedE5 = 0x05;

inline constexpr std::uint8_t kReadOnly = 0x01;
inline constexpr std::uint8_t kVolumeId = 0x08;
inline constexpr std::uint8_t kDirectory = 0x10;
inline constexpr std::uint8_t kArchive = 0x20;
inline constexpr std::uint8_t kLongName = 0x0f;
inline constexpr std::uint8_t kAttributeMask = 0x3f;

/// Of kCase: an addition by Windows NT.
inline constexpr std::uint8_t kLowerBase = 0x08;
inline constexpr std::uint8_t kLowerExtension = 0x10;

// An entry that holds a part of a long name.
inline constexpr std::uint8_t kLastPart = 0x40;
inline constexpr std::uint8_t kPartMask = 0x3f;
inline constexpr std::size_t kChecksum = 13;
inline constexpr unsigned kUnitsPerPart = 13;
/// Where the 13 UTF-16 units of a part are.
inline constexpr std::array<std::uint8_t, kUnitsPerPart> kUnits = {1,  3,  5,  7,  9,  14, 16,
                                                                   18, 20, 22, 24, 28, 30};
}  // namespace entry

/// UTF-16 units of the longest name.
inline constexpr unsigned kMaxNameUnits = 255;
/// The parts that it needs.
inline constexpr unsigned kMaxNameParts = 20;
/// Entries of the largest directory: 2 MiB.
inline constexpr std::uint32_t kMaxDirectoryEntries = 65'536;
inline constexpr std::uint64_t kMaxFileBytes = 0xffff'ffff;

inline std::uint8_t load8(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}
inline std::uint16_t load16(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(load8(bytes, at) | (load8(bytes, at + 1) << 8U));
}
inline std::uint32_t load32(std::span<const std::byte> bytes, std::size_t at) {
  return load16(bytes, at) | (static_cast<std::uint32_t>(load16(bytes, at + 2)) << 16U);
}
inline void store8(std::span<std::byte> bytes, std::size_t at, std::uint8_t value) {
  bytes[at] = static_cast<std::byte>(value);
}
inline void store16(std::span<std::byte> bytes, std::size_t at, std::uint16_t value) {
  store8(bytes, at, static_cast<std::uint8_t>(value));
  store8(bytes, at + 1, static_cast<std::uint8_t>(value >> 8U));
}
inline void store32(std::span<std::byte> bytes, std::size_t at, std::uint32_t value) {
  store16(bytes, at, static_cast<std::uint16_t>(value));
  store16(bytes, at + 2, static_cast<std::uint16_t>(value >> 16U));
}

}  // namespace baton::kernel::fat

#endif  // BATON_KERNEL_FS_FAT_LAYOUT_H_
