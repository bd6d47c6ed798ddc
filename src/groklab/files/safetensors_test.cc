// Round trips of safetensors files, and files that lie.
#include "groklab/files/safetensors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <ctime>
#include <fstream>
#include <functional>
#include <limits>

#include "groklab/base/error.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

template <typename T>
FileTensor make_tensor(const std::string& name, const std::string& dtype, std::vector<std::int64_t> shape,
                       const std::vector<T>& values) {
  FileTensor tensor{name, dtype, std::move(shape), {}};
  tensor.data.resize(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
  return tensor;
}

TensorFile small_file() {
  TensorFile file;
  file.metadata = {{"format", "pt"}, {"note", "two\nlines"}};
  file.tensors.push_back(make_tensor<float>("a", "F32", {2, 2}, {1.5f, -2.0f, 0.25f, 1e-30f}));
  file.tensors.push_back(make_tensor<double>("b", "F64", {1}, {3.0}));
  file.tensors.push_back(make_tensor<double>("empty", "F64", {0, 5}, {}));
  file.tensors.push_back(make_tensor<float>("scalar", "F32", {}, {7.0f}));
  return file;
}

class SafetensorsTest : public ::testing::Test {
 protected:
  TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_.path() / "file.safetensors";

  std::string bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write_bytes(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }
  void write_parts(const std::string& header, std::size_t data_bytes) const {
    const std::uint64_t size = header.size();
    write_bytes(std::string(reinterpret_cast<const char*>(&size), 8) + header + std::string(data_bytes, '\1'));
  }
  /// True if the file loads; false if it is refused with the right kind and a one-line message; fails otherwise.
  bool loads() const {
    try {
      read_safetensors(path_);
      return true;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInput) << error.what();
      EXPECT_NE(std::string(error.what()).find("file.safetensors"), std::string::npos) << error.what();
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
      return false;
    }
  }
  bool loads(const std::string& header, std::size_t data_bytes) const {
    write_parts(header, data_bytes);
    return loads();
  }
};

TEST_F(SafetensorsTest, RoundTripKeepsEveryBit) {
  const TensorFile written = small_file();
  write_safetensors(path_, written);
  const TensorFile read = read_safetensors(path_);
  EXPECT_EQ(read.metadata, written.metadata);
  ASSERT_EQ(read.tensors.size(), written.tensors.size());
  for (std::size_t i = 0; i < read.tensors.size(); ++i) {
    EXPECT_EQ(read.tensors[i].name, written.tensors[i].name);
    EXPECT_EQ(read.tensors[i].dtype, written.tensors[i].dtype);
    EXPECT_EQ(read.tensors[i].shape, written.tensors[i].shape);
    EXPECT_EQ(read.tensors[i].data, written.tensors[i].data);
  }
  EXPECT_EQ(read.find("a")->values(), (std::vector<double>{1.5, -2.0, 0.25, static_cast<double>(1e-30f)}));
  EXPECT_EQ(read.find("absent"), nullptr);
}

TEST_F(SafetensorsTest, DataStartsOnEightBytes) {
  write_safetensors(path_, small_file());
  std::uint64_t header = 0;
  std::memcpy(&header, bytes().data(), 8);
  EXPECT_EQ(header % 8, 0u);
}

TEST_F(SafetensorsTest, ConvertsElementTypes) {
  using U16 = std::vector<std::uint16_t>;
  const auto half = make_tensor("h", "F16", {7}, U16{0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00, 0x7e00}).values();
  EXPECT_EQ(std::vector<double>(half.begin(), half.begin() + 4),
            (std::vector<double>{1.0, -2.0, 65504.0, std::ldexp(1.0, -24)}));
  EXPECT_TRUE(half[4] == 0 && std::signbit(half[4]));
  EXPECT_EQ(half[5], std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(half[6]));
  EXPECT_EQ(make_tensor("b", "BF16", {3}, U16{0x3f80, 0xc000, 0x3eaa}).values(),
            (std::vector<double>{1.0, -2.0, 0.33203125}));
  EXPECT_EQ(make_tensor("i", "I64", {2}, std::vector<std::int64_t>{-5, 1LL << 40}).values(),
            (std::vector<double>{-5.0, 1099511627776.0}));
  EXPECT_EQ(make_tensor("i", "I8", {1}, std::vector<std::int8_t>{-1}).values(), std::vector<double>{-1.0});
  EXPECT_EQ(make_tensor("u", "U8", {1}, std::vector<std::uint8_t>{255}).values(), std::vector<double>{255.0});
  EXPECT_EQ(make_tensor("t", "BOOL", {2}, std::vector<std::uint8_t>{0, 1}).values(), (std::vector<double>{0.0, 1.0}));
  EXPECT_THROW(make_tensor("f", "F8_E4M3", {1}, std::vector<std::uint8_t>{1}).values(), Error);
}

TEST_F(SafetensorsTest, EveryTruncationIsRefused) {
  write_safetensors(path_, small_file());
  const std::string whole = bytes();
  for (std::size_t length = whole.size(); length-- > 0;) {
    std::filesystem::resize_file(path_, length);
    EXPECT_FALSE(loads()) << "truncated to " << length << " bytes";
  }
  write_bytes(whole + '\0');
  EXPECT_FALSE(loads()) << "one byte too many";
  write_bytes(whole);
  EXPECT_TRUE(loads());
}

TEST_F(SafetensorsTest, NoBitFlipInTheHeaderCrashes) {
  write_safetensors(path_, small_file());
  const std::string whole = bytes();
  std::uint64_t header = 0;
  std::memcpy(&header, whole.data(), 8);
  int refused = 0;
  std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
  const auto set_byte = [&](std::size_t byte, int value) {
    file.seekp(static_cast<std::streamoff>(byte));
    file.put(static_cast<char>(value));
    file.flush();
  };
  for (std::size_t byte = 0; byte < 8 + header; ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      set_byte(byte, whole[byte] ^ (1 << bit));
      if (!loads()) ++refused;
    }
    set_byte(byte, whole[byte]);
  }
  EXPECT_TRUE(loads());
  EXPECT_GT(refused, 1000);  // the rest are flips in names, metadata and blanks
}

TEST_F(SafetensorsTest, LyingHeadersAreRefused) {
  const auto tensor = [](const char* dtype, const char* shape, const char* offsets) {
    return fmt::format(R"({{"dtype":"{}","shape":{},"data_offsets":{}}})", dtype, shape, offsets);
  };
  const auto one = [&](const std::string& entry) { return "{\"w\":" + entry + "}"; };
  EXPECT_TRUE(loads(one(tensor("F32", "[2]", "[0,8]")), 8));
  EXPECT_TRUE(loads("{}", 0));

  EXPECT_FALSE(loads(one(tensor("F32", "[2]", "[0,8]")), 7)) << "out of bounds";
  EXPECT_FALSE(loads(one(tensor("F32", "[2]", "[0,8]")), 9)) << "unclaimed byte";
  EXPECT_FALSE(loads(one(tensor("F32", "[3]", "[0,8]")), 8)) << "shape does not fit";
  EXPECT_FALSE(loads(one(tensor("F32", "[2]", "[8,0]")), 8)) << "reversed";
  EXPECT_FALSE(loads(one(tensor("F32", "[2]", "[4,12]")), 12)) << "gap at the start";
  EXPECT_FALSE(loads(one(tensor("F32", "[-2]", "[0,8]")), 8)) << "negative extent";
  EXPECT_FALSE(loads(one(tensor("F32", "[2.0]", "[0,8]")), 8)) << "fraction";
  EXPECT_FALSE(loads(one(tensor("F32", "2", "[0,8]")), 8)) << "shape is no list";
  EXPECT_FALSE(loads(one(tensor("F32", "[2]", "[0,8,9]")), 8)) << "three offsets";
  EXPECT_FALSE(loads(one(tensor("F31", "[2]", "[0,8]")), 8)) << "unknown dtype";
  EXPECT_FALSE(loads(one(tensor("U8", "[9223372036854775807,3]", "[0,8]")), 8)) << "overflow";
  EXPECT_FALSE(loads(one(tensor("F32", "[4294967296,4294967296]", "[0,0]")), 0)) << "overflow to 0";
  EXPECT_FALSE(loads(one(tensor("F32", "[18446744073709551615]", "[0,8]")), 8)) << "beyond int64";
  EXPECT_FALSE(loads(one(tensor("F32", "[[2]]", "[0,8]")), 8)) << "nested";
  EXPECT_FALSE(loads("{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8)) << "no offsets";
  EXPECT_FALSE(loads("{\"w\":1}", 0));
  EXPECT_FALSE(loads("[]", 0));
  EXPECT_FALSE(loads("{\"__metadata__\":{\"a\":1}}", 0)) << "metadata must be text";

  const std::string w = tensor("F32", "[2]", "[0,8]");
  EXPECT_FALSE(loads("{\"w\":" + w + ",\"w\":" + w + "}", 8)) << "duplicate name";
  EXPECT_FALSE(loads("{\"w\":" + w + ",\"v\":" + w + "}", 8)) << "overlap";
  EXPECT_FALSE(loads("{\"w\":" + w + ",\"v\":" + tensor("F32", "[2]", "[4,12]") + "}", 12)) << "partial overlap";
  EXPECT_TRUE(loads("{\"w\":" + w + ",\"v\":" + tensor("F32", "[2]", "[8,16]") + "}", 16));
  EXPECT_FALSE(loads(one(R"({"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]})"), 8)) << "duplicate key";
  EXPECT_FALSE(loads(std::string(100000, '['), 0)) << "deep nesting";
}

TEST_F(SafetensorsTest, HugeHeaderLengthIsRefusedWithoutAllocating) {
  write_bytes(std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10));
  EXPECT_FALSE(loads());
  write_bytes(std::string("\xff\xff\xff\xff\xff\xff\xff\x7f{}", 10));
  EXPECT_FALSE(loads());
}

TEST_F(SafetensorsTest, OnlyRegularFilesAreRead) {
  EXPECT_FALSE(loads()) << "missing";
  std::filesystem::create_directory(path_);
  EXPECT_FALSE(loads()) << "directory";
}

TEST_F(SafetensorsTest, FailedWriteLeavesTheOldFileAndNoTemporary) {
  write_safetensors(path_, small_file());
  const std::string before = bytes();
  TensorFile large;
  large.tensors.push_back(make_tensor<double>("x", "F64", {4096}, std::vector<double>(4096, 1.0)));
  EXPECT_EQ(with_file_size_limit(1000,
                                 [&] {
                                   try {
                                     write_safetensors(path_, large);
                                     return 1;
                                   } catch (const Error& error) {
                                     return error.kind() == ErrorKind::kIo ? 0 : 2;
                                   }
                                 }),
            0);
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_.path()), {}), 1);
}

// Catches: a reader whose time grows with the square of the number of tensors (50,000 took 21 s).
TEST_F(SafetensorsTest, ManyTensorsAreReadInNoTime) {
  TensorFile file;
  for (int i = 0; i < 50'000; ++i) file.tensors.push_back({fmt::format("t{}", i), "U8", {1}, {std::byte{1}}});
  write_safetensors(path_, file);
  const std::clock_t start = std::clock();  // of the processor: others' work does not count
  EXPECT_EQ(read_safetensors(path_).tensors.size(), 50'000u);
  EXPECT_LT(std::clock() - start, 5 * CLOCKS_PER_SEC);
}

TEST_F(SafetensorsTest, MoreThanAnyNetworkHasIsRefused) {
  std::string header = "{\"__metadata__\":{";
  for (int i = 0; i < 300'000; ++i) header += fmt::format("{}\"{}\":\"\"", i > 0 ? "," : "", i);
  EXPECT_FALSE(loads(header + "}}", 0)) << "metadata";
  std::string shape = "1";
  for (int i = 0; i < 40; ++i) shape += ",1";
  EXPECT_FALSE(loads("{\"w\":{\"dtype\":\"U8\",\"shape\":[" + shape + "],\"data_offsets\":[0,1]}}", 1)) << "rank";
}

TEST_F(SafetensorsTest, TheContentDigestTellsEverythingApart) {
  const TensorFile file = small_file();
  const std::string digest = content_digest(file);
  const auto changed = [&](const std::function<void(TensorFile&)>& change) {
    TensorFile other = file;
    change(other);
    return content_digest(other) != digest;
  };
  EXPECT_FALSE(changed([](TensorFile&) {}));
  EXPECT_TRUE(changed([](TensorFile& f) { f.tensors[0].data[0] ^= std::byte{1}; }));
  EXPECT_TRUE(changed([](TensorFile& f) { f.tensors[0].name += "x"; }));
  EXPECT_TRUE(changed([](TensorFile& f) { f.tensors[0].dtype = "I32"; }));
  EXPECT_TRUE(changed([](TensorFile& f) { f.tensors[0].shape.insert(f.tensors[0].shape.begin(), 1); }));
  EXPECT_TRUE(changed([](TensorFile& f) { f.metadata["new"] = ""; }));
  EXPECT_TRUE(changed([](TensorFile& f) { f.tensors.pop_back(); }));
  TensorFile marked = file;
  marked.metadata["mark"] = "x";
  EXPECT_EQ(content_digest(marked, "mark"), digest);
}

}  // namespace
}  // namespace groklab
