/** What our exports are written as: WAV, float32, at the session's rate, untouched. Ardour keeps formats and presets as files. */
const formatId = '6f9b5c0e-51a3-4f2e-8a6d-0c1d5e6a7b01';
export const presetId = '6f9b5c0e-51a3-4f2e-8a6d-0c1d5e6a7b02';

export function formatXml(): string {
  const none =
    '<Trim enabled="false"/><Add enabled="false"><Duration format="Timecode" hours="0" minutes="0" seconds="0" frames="0"/></Add>';
  return `<?xml version="1.0" encoding="UTF-8"?>
<ExportFormatSpecification name="Simmer float" id="${formatId}" with-cue="false" with-toc="false" with-mp4chaps="false" command="" analyse="false" soundcloud-upload="false">
  <Encoding id="F_WAV" type="T_Sndfile" extension="wav" name="WAV" has-sample-format="true" channel-limit="256"/>
  <SampleRate rate="1"/>
  <SRCQuality quality="SRC_SincBest"/>
  <EncodingOptions>
    <Option name="sample-format" value="SF_Float"/>
    <Option name="dithering" value="D_None"/>
    <Option name="tag-metadata" value="false"/>
    <Option name="tag-support" value="false"/>
    <Option name="broadcast-info" value="false"/>
  </EncodingOptions>
  <Processing>
    <Normalize enabled="false" loudness="no" dbfs="0" lufs="-23" dbtp="-1"/>
    <Silence><Start>${none}</Start><End>${none}</End></Silence>
  </Processing>
</ExportFormatSpecification>
`;
}

export function presetXml(): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<ExportPreset id="${presetId}" name="Simmer float">
  <ExportFormat id="${formatId}"/>
  <ExportFilename>
    <Folder relative="1" path="export"/>
    <Field name="label" enabled="0"/>
    <Field name="session" enabled="0"/>
    <Field name="snapshot" enabled="0"/>
    <Field name="timespan" enabled="1"/>
    <Field name="revision" enabled="0"/>
    <Field name="time" enabled="0" value="T_None"/>
    <Field name="date" enabled="0" value="D_None"/>
  </ExportFilename>
</ExportPreset>
`;
}
