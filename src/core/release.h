#pragma once
// The deleter of a std::unique_ptr to what a C library gives and takes back by a function of its
// own: std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>.

namespace anlan {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* thing) const {
    release(thing);
  }
};

}  // namespace anlan
