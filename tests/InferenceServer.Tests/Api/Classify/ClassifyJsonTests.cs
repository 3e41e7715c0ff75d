using System.Text;
using LeNetServe.InferenceServer.Api.Classify;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Tests.Api.Classify;

public sealed class ClassifyJsonTests
{
    [Theory]
    [InlineData("+/+/")]
    [InlineData("-_-_")]
    [InlineData("-_-_AA==")]
    [InlineData("+/+/AA")]
    [InlineData("-_-_AAA")]
    [InlineData("")]
    public void Read_Base64_IsReadInEveryVariant(string text)
    {
        byte[] all = [0xFB, 0xFF, 0xBF, 0, 0];

        var image = ClassifyJson.Read<ClassifyRequest>(Utf8($$$"""{"image":{"encoded":"{{{text}}}"}}""")).Image;

        var length = text.TrimEnd('=').Length * 3 / 4;
        Assert.Equal(all[..length], image.Encoded.ToByteArray());
    }

    [Fact]
    public void Read_EveryField_IsRead()
    {
        var request = ClassifyJson.Read<ClassifyRequest>(Utf8(
            """{"model":"m","version":"9007199254740993","topK":2.0,"geometry":"GEOMETRY_DIGIT","image":{"pixels":"AQI="}}"""));

        Assert.Equal(("m", 9007199254740993, 2, Geometry.Digit), (request.Model, request.Version, request.TopK, request.Geometry));
        Assert.Equal([1, 2], request.Image.Pixels.ToByteArray());
        Assert.Equal(3, ClassifyJson.Read<ClassifyRequest>(Utf8("""{"top_k":"3","image":null,"geometry":3}""")).TopK);
    }

    [Theory]
    [InlineData("""{"topK":3000000000}""", "top_k", "top_k is 3000000000")]
    [InlineData("""{"topK":1e999}""", "top_k", "top_k is 1e999")]
    [InlineData("""{"topK":1.5}""", "top_k", "expected a whole number")]
    [InlineData("""{"version":9223372036854775808}""", "version", "version is")]
    [InlineData("""{"geometry":"ROUND"}""", "geometry", "GEOMETRY_FIT")]
    [InlineData("""{"image":{"encoded":"*"}}""", "image.encoded", "image.encoded is not base64")]
    [InlineData("""{"image":{"encoded":"A"}}""", "image.encoded", "is not base64")]
    [InlineData("""{"image":{"encoded":7}}""", "image.encoded", "is not base64")]
    [InlineData("""{"image":{"encoded":"AA==","pixels":"AA=="}}""", "image", "expected one of them")]
    [InlineData("""{"image":[]}""", "image", "found a JSON Array")]
    [InlineData("""{"tpoK":1}""", "", "did you mean \"topK\"?")]
    [InlineData("""{"model":"\ud800"}""", "model", "not a valid string")]
    [InlineData("[]", "", "expected an object")]
    [InlineData("{", "", "not valid JSON")]
    public void Read_FaultyField_IsNamed(string json, string field, string expected)
    {
        var exception = Assert.Throws<InferenceException>(() => ClassifyJson.Read<ClassifyRequest>(Utf8(json)));

        Assert.Equal((InferenceErrorKind.InvalidInput, field), (exception.Kind, exception.Field));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Images_NamesTheFaultyOneAndAppliesTheLimitFirst()
    {
        var broken = Assert.Throws<InferenceException>(
            () => ClassifyJson.Read<ClassifyBatchRequest>(Utf8("""{"images":[{"encoded":"AA=="},{"encoded":"*"}]}"""), 2));
        var many = Assert.Throws<InferenceException>(
            () => ClassifyJson.Read<ClassifyBatchRequest>(Utf8("""{"images":[{"encoded":"*"},{},{}]}"""), 2));

        Assert.Equal("images[1].encoded", broken.Field);
        Assert.Equal("3 images, expected at most 2 (Limits:MaxBatch)", many.Message);
    }

    private static byte[] Utf8(string json) => Encoding.UTF8.GetBytes(json);
}
