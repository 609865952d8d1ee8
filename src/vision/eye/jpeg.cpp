#include "vision/eye/jpeg.h"

// jpeglib.h wants FILE and size_t to be known.
#include <cstddef>
#include <cstdio>
//
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <csetjmp>
#include <cstdlib>

#include "core/limits.h"

namespace anlan::vision::eye {
namespace {

constexpr int kScansMax = 200;  // of a progressive file; cameras make 10, thousands are an attack
constexpr long kDecoderBytesMax = 400L << 20;  // 60 Mpx progressive at 4:4:4 need 360 MB

struct Trouble {
  jpeg_error_mgr manager{};
  std::jmp_buf back{};
  bool is_cut_off = false;
};

[[noreturn]] void leave(j_common_ptr codec) {
  std::longjmp(reinterpret_cast<Trouble*>(codec->err)->back, 1);
}

void note(j_common_ptr codec, int level) {
  if (level >= 0) return;
  auto* trouble = reinterpret_cast<Trouble*>(codec->err);
  ++trouble->manager.num_warnings;
  if (trouble->manager.msg_code == JWRN_JPEG_EOF) trouble->is_cut_off = true;
}

void be_silent(j_common_ptr) {}

jpeg_error_mgr* prepare(Trouble& trouble) {
  jpeg_std_error(&trouble.manager);
  trouble.manager.error_exit = leave;
  trouble.manager.emit_message = note;
  trouble.manager.output_message = be_silent;
  return &trouble.manager;
}

void count_scans(j_common_ptr codec) {
  auto* decoder = reinterpret_cast<j_decompress_ptr>(codec);
  if (decoder->input_scan_number > kScansMax) leave(codec);
}

struct Decoder {
  jpeg_decompress_struct codec{};
  jpeg_progress_mgr progress{};
  Trouble trouble;
};

// False: not readable, or too many pixels.
bool read_head(Decoder& decoder, std::string_view photo, int side, bool& is_cmyk) {
  jpeg_decompress_struct& codec = decoder.codec;
  if (setjmp(decoder.trouble.back)) return false;
  jpeg_create_decompress(&codec);
  codec.mem->max_memory_to_use = kDecoderBytesMax;
  decoder.progress.progress_monitor = count_scans;
  codec.progress = &decoder.progress;
  jpeg_mem_src(&codec, reinterpret_cast<const unsigned char*>(photo.data()), photo.size());
  if (jpeg_read_header(&codec, TRUE) != JPEG_HEADER_OK) return false;
  if (uint64_t{codec.image_width} * codec.image_height > limits::kImagePixelsMax) return false;
  is_cmyk = codec.num_components == 4;
  codec.out_color_space = is_cmyk ? JCS_CMYK : JCS_EXT_BGR;
  unsigned longer = std::max(codec.image_width, codec.image_height);
  codec.scale_num = 1;
  codec.scale_denom = 8;
  while (codec.scale_denom > 1 && longer / codec.scale_denom < static_cast<unsigned>(side))
    codec.scale_denom /= 2;
  jpeg_calc_output_dimensions(&codec);
  return true;
}

bool read_rows(Decoder& decoder, unsigned char* to, std::size_t step) {
  jpeg_decompress_struct& codec = decoder.codec;
  if (setjmp(decoder.trouble.back)) return false;
  if (!jpeg_start_decompress(&codec)) return false;
  while (codec.output_scanline < codec.output_height) {
    JSAMPROW row = to + step * codec.output_scanline;
    if (jpeg_read_scanlines(&codec, &row, 1) != 1) return false;
  }
  return jpeg_finish_decompress(&codec) != 0 && !decoder.trouble.is_cut_off;
}

// Adobe writes ink upside down: 255 is no ink.
cv::Mat from_cmyk(const cv::Mat& inks) {
  cv::Mat bgr(inks.size(), CV_8UC3);
  for (int y = 0; y < inks.rows; ++y) {
    const auto* ink = inks.ptr<cv::Vec4b>(y);
    auto* pixel = bgr.ptr<cv::Vec3b>(y);
    for (int x = 0; x < inks.cols; ++x) {
      for (int c = 0; c < 3; ++c)
        pixel[x][c] = static_cast<uint8_t>(ink[x][2 - c] * ink[x][3] / 255);
    }
  }
  return bgr;
}

struct Encoder {
  jpeg_compress_struct codec{};
  Trouble trouble;
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
};

bool write_rows(Encoder& encoder, const cv::Mat& bgr, int quality) {
  jpeg_compress_struct& codec = encoder.codec;
  if (setjmp(encoder.trouble.back)) return false;
  jpeg_create_compress(&codec);
  jpeg_mem_dest(&codec, &encoder.bytes, &encoder.size);
  codec.image_width = static_cast<JDIMENSION>(bgr.cols);
  codec.image_height = static_cast<JDIMENSION>(bgr.rows);
  codec.input_components = 3;
  codec.in_color_space = JCS_EXT_BGR;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, quality, TRUE);
  jpeg_start_compress(&codec, TRUE);
  while (codec.next_scanline < codec.image_height) {
    JSAMPROW row = const_cast<unsigned char*>(bgr.ptr(static_cast<int>(codec.next_scanline)));
    jpeg_write_scanlines(&codec, &row, 1);
  }
  jpeg_finish_compress(&codec);
  return true;
}

}  // namespace

std::expected<cv::Mat, std::string> decode_jpeg(std::string_view photo, int side, JpegSize& size) {
  Decoder decoder;
  decoder.codec.err = prepare(decoder.trouble);
  bool is_cmyk = false;
  cv::Mat pixels;
  bool is_read = read_head(decoder, photo, side, is_cmyk);
  if (is_read) {
    size = {decoder.codec.image_width, decoder.codec.image_height};
    pixels.create(static_cast<int>(decoder.codec.output_height),
                  static_cast<int>(decoder.codec.output_width), is_cmyk ? CV_8UC4 : CV_8UC3);
    is_read = read_rows(decoder, pixels.data, pixels.step);
  }
  jpeg_destroy_decompress(&decoder.codec);
  if (!is_read) return std::unexpected(std::string("jpeg"));
  return is_cmyk ? from_cmyk(pixels) : pixels;
}

std::string encode_jpeg(const cv::Mat& bgr, int quality) {
  Encoder encoder;
  encoder.codec.err = prepare(encoder.trouble);
  bool is_written = write_rows(encoder, bgr, quality);
  jpeg_destroy_compress(&encoder.codec);
  std::string bytes;
  if (is_written && encoder.bytes != nullptr)
    bytes.assign(reinterpret_cast<const char*>(encoder.bytes), encoder.size);
  std::free(encoder.bytes);
  return bytes;
}

}  // namespace anlan::vision::eye
